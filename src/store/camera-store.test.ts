import { describe, expect, it } from 'vitest'
import { ALLOWED, STORE_KINDS } from '../../test/support/store-kinds.ts'
import type { CameraConfig } from '../core/camera-store.ts'

describe.each(STORE_KINDS)('the store of cameras, $name', ({ open }) => {
  it('keeps them in their order, with whatever fields they have', async () => {
    const { cameras: store } = await open()
    expect(await store.list()).toEqual([])
    const all: CameraConfig[] = [
      { video_url: 'rtsp://b', site: 'North', more: { of: [1, null, '工地'] } },
      { video_url: 'rtsp://a' },
    ]
    await store.replace(all, ALLOWED)
    expect(await store.list()).toEqual(all)
    await store.replace(all.toReversed(), ALLOWED)
    expect(await store.list()).toEqual(all.toReversed())
  })

  it('keeps one list whole of those that come at the same time', async () => {
    const { cameras: store } = await open()
    const lists = Array.from({ length: 10 }, (_, n) => [{ video_url: `rtsp://${n}` }, { video_url: `rtsp://${n}/too` }])
    const settled = await Promise.allSettled(lists.map((list) => store.replace(list, ALLOWED)))
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(lists).toContainEqual(await store.list())
  })

  it('keeps the list of before when it cannot keep another', async () => {
    const { cameras: store } = await open()
    await store.replace([{ video_url: 'rtsp://a' }], ALLOWED)
    await expect(store.replace([{ video_url: 'rtsp://b' }, { video_url: 'rtsp://b' }], ALLOWED)).rejects.toThrow(
      /unique/i,
    )
    expect(await store.list()).toEqual([{ video_url: 'rtsp://a' }])
  })
})
