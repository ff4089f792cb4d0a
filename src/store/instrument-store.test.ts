import { describe, expect, it } from 'vitest'
import { ALLOWED, SHARED_STORE_KINDS, STORE_KINDS } from '../../test/support/store-kinds.ts'
import type { InstrumentSettings } from '../core/instrument.ts'

function named(name: string): InstrumentSettings {
  return { name, host: 'localhost', port: 8888, socket: 'pull', mode: 'connect' }
}

const WHOLE: InstrumentSettings = {
  name: '光束 線',
  host: '::1',
  port: 1,
  socket: 'sub',
  mode: 'bind',
  pictures: ['SCREEN:FPICTURE'],
  colouring: { colormap: 'inferno', levels: { percentiles: [1, 99] }, log: true },
}

describe.each(STORE_KINDS)('the store of instruments, $name', ({ open }) => {
  it('keeps them in the order in which they were added, with all their fields', async () => {
    const { instruments: store } = await open()
    expect(await store.list()).toEqual([])
    for (const each of [named('b'), WHOLE, named('a')]) expect(await store.add(each, ALLOWED)).toBe(true)
    expect(await store.list()).toEqual([named('b'), WHOLE, named('a')])
  })

  it('keeps one of each name, the first', async () => {
    const { instruments: store } = await open()
    const outcomes = await Promise.all([1, 2, 3].map((port) => store.add({ ...named('a'), port }, ALLOWED)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await store.list()).toHaveLength(1)
  })

  it('removes one, and says if there was none', async () => {
    const { instruments: store } = await open()
    await store.add(named('a'), ALLOWED)
    expect(await store.remove('b', ALLOWED)).toBe(false)
    expect(await store.remove('a', ALLOWED)).toBe(true)
    expect(await store.list()).toEqual([])
  })

  it('changes nothing when it is not allowed any more', async () => {
    const { instruments: store } = await open()
    await store.add(named('a'), ALLOWED)
    const refuse = () => {
      throw new Error('not any more')
    }
    await expect(store.add(named('b'), refuse)).rejects.toThrow('not any more')
    await expect(store.remove('a', refuse)).rejects.toThrow('not any more')
    expect(await store.list()).toEqual([named('a')])
  })
})

describe.each(SHARED_STORE_KINDS)('the store of instruments, $name', ({ openTwice }) => {
  it('has what another process added', async () => {
    const { mine, theirs } = await openTwice()
    await theirs.instruments.add(named('a'), ALLOWED)
    expect(await mine.instruments.add(named('a'), ALLOWED)).toBe(false)
    expect(await mine.instruments.list()).toEqual([named('a')])
  })
})
