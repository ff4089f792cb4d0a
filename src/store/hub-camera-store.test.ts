import { describe, expect, it } from 'vitest'
import { ALLOWED, STORE_KINDS } from '../../test/support/store-kinds.ts'
import type { HubCamera } from '../core/camera-store.ts'

const camera = (video_url: string): HubCamera => ({ config: { video_url } })

describe.each(STORE_KINDS)('the store of the hub’s cameras, $name', ({ open }) => {
  it('keeps them in their order, with whatever fields they have, and how they are pulled', async () => {
    const { hubCameras: store } = await open()
    expect(await store.list()).toEqual([])
    const all: HubCamera[] = [
      {
        config: { video_url: 'rtsp://b', site: 'North', more: { of: [1, null, '工地'] } },
        pull: { runs: 'always', certificate: 'any', transport: 'udp' },
      },
      camera('rtsp://a'),
    ]
    await store.replace(all, ALLOWED)
    expect(await store.list()).toEqual(all)
    await store.replace(all.toReversed(), ALLOWED)
    expect(await store.list()).toEqual(all.toReversed())
  })

  it('keeps one list whole of those that come at the same time', async () => {
    const { hubCameras: store } = await open()
    const lists = Array.from({ length: 10 }, (_, n) => [camera(`rtsp://${n}`), camera(`rtsp://${n}/too`)])
    const settled = await Promise.allSettled(lists.map((list) => store.replace(list, ALLOWED)))
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(lists).toContainEqual(await store.list())
  })

  it('keeps the list of before when it cannot keep another', async () => {
    const { hubCameras: store } = await open()
    await store.replace([camera('rtsp://a')], ALLOWED)
    const broken: HubCamera = {
      get config(): never {
        throw new Error('cannot be written')
      },
    }
    await expect(store.replace([camera('rtsp://b'), broken], ALLOWED)).rejects.toThrow('cannot be written')
    expect(await store.list()).toEqual([camera('rtsp://a')])
  })
})
