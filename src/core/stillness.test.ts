import { expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import { Frame, type FrameInput } from './frame.ts'
import { StillnessWatch } from './stillness.ts'

const START = 1_800_000_000_000

/** What is found after frames that come every 10 s, with a limit of 30 s. */
function after(...inputs: readonly Partial<FrameInput>[]) {
  const watch = new StillnessWatch(30_000)
  let before: Frame | undefined
  for (const [i, input] of inputs.entries()) {
    const frame = new Frame({ ...frameInput('a', 'b'), ...input }, `${i + 1}-0`, START + i * 10_000, i + 1)
    watch.take(frame, before, i * 10_000)
    before = frame
  }
  return watch.found
}

function picture(length: number, changedAt = -1): Partial<FrameInput> {
  const bytes = new Uint8Array(length).fill(7)
  if (changedAt >= 0) bytes[changedAt] = 8
  return { payload: { kind: 'image', bytes, mediaType: 'image/jpeg', width: 1, height: 1 } }
}

it('a picture that is the same for long enough is found, since its first frame', () => {
  const same = picture(1003)
  expect(after(same, same, same)).toBeUndefined()
  expect(after(picture(1003, 5), same, same, picture(1003), same)).toEqual({ what: 'picture', since: START + 10_000 })
})

it('pictures are compared as the server says, unless they are the same memory', () => {
  const compared: number[] = []
  const watch = new StillnessWatch(30_000, (one, other) => compared.push(one.length, other.length) > 0)
  const [a, b] = [picture(3), picture(4)].map(
    (input, i) => new Frame({ ...frameInput('a', 'b'), ...input }, `${i + 1}-0`, START, i + 1),
  )
  if (!a || !b) throw new Error('there are two')
  watch.take(a, undefined, 0)
  watch.take(b, a, 15_000)
  watch.take(b, b, 30_000)
  expect([compared, watch.found]).toEqual([[3, 4], { what: 'picture', since: START }])
})

it('any byte that differs makes it another', () => {
  for (let at = 0; at < 19; at++) expect(after(picture(19), picture(19), picture(19), picture(19, at))).toBeUndefined()
  expect(after(picture(19), picture(19), picture(19), picture(20))).toBeUndefined()
})

it('a time of capture that stands is found, and a wrong one that goes on is not', () => {
  const at = (seconds: number | undefined, i: number) => ({
    ...picture(10, i),
    capturedAt: seconds === undefined ? undefined : seconds * 1000,
  })
  expect(after(at(5, 0), at(5, 1), at(5, 2), at(5, 3))).toEqual({ what: 'captured_at', since: START })
  expect(after(at(5, 0), at(6, 1), at(7, 2), at(8, 3))).toBeUndefined()
  expect(after(at(undefined, 0), at(undefined, 1), at(undefined, 2), at(undefined, 3))).toBeUndefined()
})

it('it is over with the next frame that is another', () => {
  const same = picture(10)
  expect(after(same, same, same, same, picture(10, 1))).toBeUndefined()
})
