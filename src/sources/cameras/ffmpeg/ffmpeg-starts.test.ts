import { expect, it } from 'vitest'
import { FfmpegStarts } from './ffmpeg-starts.ts'

const NEVER = new AbortController().signal
/** Lets all that can go on do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('only some start at the same time, in the order in which they came', async () => {
  const starts = new FfmpegStarts(2)
  const order: number[] = []
  const ends: (() => void)[] = []
  for (const i of [0, 1, 2, 3])
    void starts.turn(NEVER).then((end) => {
      order.push(i)
      ends.push(end)
    })
  await settled()
  expect(order).toEqual([0, 1])
  ends[0]?.()
  // Twice is once.
  ends[0]?.()
  await settled()
  expect(order).toEqual([0, 1, 2])
  ends[1]?.()
  ends[2]?.()
  await settled()
  expect(order).toEqual([0, 1, 2, 3])
})

it('one that is not wanted any more leaves the queue', async () => {
  const starts = new FfmpegStarts(1)
  const end = await starts.turn(NEVER)
  const left = new AbortController()
  const waiting = starts.turn(left.signal)
  const next = starts.turn(NEVER)
  left.abort(new Error('not wanted'))
  await expect(waiting).rejects.toThrow('not wanted')
  end()
  ;(await next)()
  await expect(starts.turn(left.signal)).rejects.toThrow('not wanted')
  ;(await starts.turn(NEVER))()
})
