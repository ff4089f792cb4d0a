import { describe, expect, it } from 'vitest'
import { ALLOWED, SHARED_STORE_KINDS, STORE_KINDS } from '../../test/support/store-kinds.ts'
import type { CameraSettings } from '../core/camera.ts'

function camera(key: string, more: Partial<CameraSettings> = {}): CameraSettings {
  const rest = { runs: 'on-demand', certificate: 'verified', transport: 'auto' } as const
  return { stream: { label: 'North', key }, url: `rtsp://${key}/`, ...rest, ...more }
}

const WHOLE = camera('閘門', {
  user: 'admin',
  password: 'P@ss#1%0X',
  runs: 'always',
  certificate: 'any',
  transport: 'udp',
})

describe.each(STORE_KINDS)('the store of cameras, $name', ({ open }) => {
  it('keeps them in the order in which they were added, with all their fields', async () => {
    const { cameras: store } = await open()
    expect(await store.list()).toEqual([])
    const all = [camera('b'), WHOLE, camera('a')]
    for (const each of all) expect(await store.add(each, ALLOWED)).toBe(true)
    expect(await store.list()).toEqual(all.map((settings) => ({ settings })))
  })

  it('keeps one of each stream, the first, however it is spelled', async () => {
    const { cameras: store } = await open()
    const names = ['a', 'a ', '\u200ba']
    const outcomes = await Promise.all(names.map((key) => store.add(camera(key), ALLOWED)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await store.list()).toHaveLength(1)
  })

  it('changes one, its stream too unless that has another, and says if there was none', async () => {
    const { cameras: store } = await open()
    for (const key of ['a', 'b']) await store.add(camera(key), ALLOWED)
    const named = (key: string) => ({ label: 'North', key })
    expect(await store.change(named('c'), camera('c'), ALLOWED)).toBe(false)
    expect(await store.change(named('a'), camera('b'), ALLOWED)).toBe(false)
    expect(await store.change(named('a'), camera('c', { password: 'x' }), ALLOWED)).toBe(true)
    expect(await store.list()).toEqual([camera('c', { password: 'x' }), camera('b')].map((settings) => ({ settings })))
  })

  it('removes one, and says if there was none', async () => {
    const { cameras: store } = await open()
    await store.add(camera('a'), ALLOWED)
    expect(await store.remove({ label: 'North', key: 'b' }, ALLOWED)).toBe(false)
    expect(await store.remove({ label: 'North', key: 'a' }, ALLOWED)).toBe(true)
    expect(await store.list()).toEqual([])
  })

  it('changes nothing when it is not allowed any more', async () => {
    const { cameras: store } = await open()
    await store.add(camera('a'), ALLOWED)
    const refuse = () => {
      throw new Error('not any more')
    }
    const { stream } = camera('a')
    for (const change of [store.add(camera('b'), refuse), store.change(stream, camera('c'), refuse)])
      await expect(change).rejects.toThrow('not any more')
    await expect(store.remove(stream, refuse)).rejects.toThrow('not any more')
    expect(await store.list()).toEqual([{ settings: camera('a') }])
  })
})

describe.each(SHARED_STORE_KINDS)('the store of cameras, $name', ({ openTwice }) => {
  it('has what another process added', async () => {
    const { mine, theirs } = await openTwice()
    await theirs.cameras.add(WHOLE, ALLOWED)
    expect(await mine.cameras.add(WHOLE, ALLOWED)).toBe(false)
    expect(await mine.cameras.list()).toEqual([{ settings: WHOLE }])
  })
})
