import { expect, it } from 'vitest'
import { RULES } from '../../test/support/hub.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Stream } from '../core/stream.ts'
import { Reroutes } from './reroutes.ts'

/** Streams with viewers of which each takes a millisecond to be asked. */
function make(viewers: number) {
  const clock = new ManualClock()
  let worked = 0
  const asked: string[] = []
  let hasRoom = true
  const reroutes = new Reroutes(
    { now: () => clock.now(), monotonic: () => worked, after: (delay, action) => clock.after(delay, action) },
    function* ({ name }) {
      for (let i = 0; i < viewers; i++) {
        asked.push(name.key)
        worked++
        yield
      }
    },
    () => hasRoom,
  )
  const stream = (key: string) => new Stream({ label: 'site', key }, RULES, 0, () => {})
  return {
    reroutes,
    stream,
    fill: () => {
      hasRoom = false
    },
    /** Who was asked in the next slice. */
    slice() {
      clock.advance(10)
      return asked.splice(0).join('')
    },
  }
}

it('very many viewers are asked in slices of some milliseconds, stream after stream', () => {
  const { reroutes, stream, slice } = make(6)
  reroutes.soon(stream('a'))
  reroutes.soon(stream('b'))
  expect([slice(), slice(), slice(), slice(), slice()]).toEqual(['aaaa', 'aa', 'bbbb', 'bb', ''])
})

it('those that were refused are asked once when there is room, and only as long as there is', () => {
  const { reroutes, stream, slice, fill } = make(1)
  for (const key of ['a', 'b', 'c']) reroutes.refused(stream(key))
  expect(slice()).toBe('')
  reroutes.roomFreed()
  expect([slice(), slice()]).toEqual(['a', 'b'])
  fill()
  expect([slice(), slice()]).toEqual(['', ''])
})

it('nobody is asked after the end, or about a stream that is gone', () => {
  const { reroutes, stream, slice } = make(1)
  const gone = stream('gone')
  reroutes.soon(gone)
  reroutes.forget(gone)
  expect(slice()).toBe('')
  reroutes.close()
  reroutes.soon(stream('late'))
  expect(slice()).toBe('')
})
