import { expect, it } from 'vitest'
import { anyone, frameInput } from '../../test/support/hub.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Frame } from '../core/frame.ts'
import type { FrameId } from '../core/frame-id.ts'
import { ToldFrames } from './told-frames.ts'

const KEEP = 2000
const ANN = { principal: anyone, address: '10.0.0.1' }
const frame = (id: FrameId) => new Frame(frameInput('site', 'camera'), id, 0, 1)

it('a page has the frame that it was told of last, until its last connection has gone', () => {
  const told = new ToldFrames(new ManualClock(), KEEP)
  const [one, other] = [told.open(ANN), told.open(ANN)]
  expect(told.of(ANN)).toBeUndefined()
  const [first, second] = [frame('1-0'), frame('2-0')]
  one.tell(first)
  other.tell(second)
  expect(told.of(ANN)).toBe(second)
  other.close()
  expect(told.of(ANN)).toBe(second)
  one.close()
  expect(told.of(ANN)).toBeUndefined()
})

it('what a page was told is nothing to another address, or somebody else', () => {
  const told = new ToldFrames(new ManualClock(), KEEP)
  told.open(ANN).tell(frame('1-0'))
  expect(told.of({ ...ANN, address: '10.0.0.2' })).toBeUndefined()
  expect(told.of({ ...ANN, principal: { ...anyone, id: 'user:2' } })).toBeUndefined()
})

it('a page that takes nothing any more keeps no frame', () => {
  const clock = new ManualClock()
  const told = new ToldFrames(clock, KEEP)
  const page = told.open(ANN)
  const [first, second] = [frame('1-0'), frame('2-0')]
  page.tell(first)
  clock.advance(KEEP - 1)
  page.tell(second)
  clock.advance(KEEP - 1)
  expect(told.of(ANN)).toBe(second)
  clock.advance(1)
  expect(told.of(ANN)).toBeUndefined()
  page.tell(second)
  page.close()
  expect(clock.timers).toBe(0)
})
