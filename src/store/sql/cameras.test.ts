import { expect, it } from 'vitest'
import { openMemoryDatabase } from '../../../test/support/memory-accounts.ts'
import type { CameraConfig } from '../../core/cameras.ts'
import { SqlCameraStore } from './cameras.ts'

it('the cameras are kept in their order, with whatever fields they have', async () => {
  const store = new SqlCameraStore(await openMemoryDatabase())
  expect(await store.list()).toEqual([])
  const all: CameraConfig[] = [
    { video_url: 'rtsp://b', site: 'North', more: { of: [1, null, '工地'] } },
    { video_url: 'rtsp://a' },
  ]
  await store.replace(all)
  expect(await store.list()).toEqual(all)
  await store.replace(all.toReversed())
  expect(await store.list()).toEqual(all.toReversed())
})

it('a list of cameras that cannot be kept leaves the one of before', async () => {
  const store = new SqlCameraStore(await openMemoryDatabase())
  await store.replace([{ video_url: 'rtsp://a' }])
  await expect(store.replace([{ video_url: 'rtsp://b' }, { video_url: 'rtsp://b' }])).rejects.toThrow('UNIQUE')
  expect(await store.list()).toEqual([{ video_url: 'rtsp://a' }])
})
