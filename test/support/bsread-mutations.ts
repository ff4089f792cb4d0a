import { recordedGroups } from './bsread-fixtures.ts'
import { randomBytes, randomNumbers } from './random.ts'

/** Recorded bsread messages with one or two things changed, the same in every run with the same seed. */
export function* damagedMessages(seed: number, count: number): Generator<readonly Uint8Array[]> {
  const random = randomNumbers(seed)
  const recorded = recordedGroups().flatMap(({ messages }) =>
    messages.filter((each) => each.expect.outcome !== 'reject').map(({ frames }) => frames),
  )
  for (let made = 0; made < count; made++) {
    let frames = pick(random, recorded)
    const changes = 1 + below(random, 2)
    for (let done = 0; done < changes && frames.length > 0; done++) frames = pick(random, CHANGES)(frames, random)
    yield frames
  }
}

type Random = () => number

/** A change of one of the frames. */
type FrameChange = (frame: Uint8Array, random: Random) => Uint8Array

const FRAME_CHANGES: readonly FrameChange[] = [
  flipBit,
  flipBit,
  overwrite,
  (frame, random) => frame.subarray(0, below(random, frame.length + 1)),
  (frame, random) => frame.subarray(below(random, frame.length + 1)),
  (frame, random) => Buffer.concat([frame, randomBytes(random, 1 + below(random, 20))]),
  () => new Uint8Array(0),
  changeSize,
  changeSize,
]

type MessageChange = (frames: readonly Uint8Array[], random: Random) => readonly Uint8Array[]

/** Most are in values, which not every change of a header lets be reached. */
const CHANGES: readonly MessageChange[] = [
  ...Array.from({ length: 6 }, () => changeFrame),
  (frames, random) => {
    const at = below(random, Math.min(2, frames.length))
    return frames.map((frame, index) => (index === at ? changeText(frame, random) : frame))
  },
  (frames, random) => pick(random, FRAME_MOVES)(frames, random),
]

/** A frame too few, one twice, one in the place of another. */
const FRAME_MOVES: readonly MessageChange[] = [
  (frames, random) => frames.toSpliced(below(random, frames.length), 1),
  (frames, random) => frames.toSpliced(below(random, frames.length), 0, pick(random, frames)),
  (frames, random) => frames.with(below(random, frames.length), pick(random, frames)),
]

function changeFrame(frames: readonly Uint8Array[], random: Random): readonly Uint8Array[] {
  const at = below(random, frames.length)
  return frames.map((frame, index) => (index === at ? pick(random, FRAME_CHANGES)(frame, random) : frame))
}

function flipBit(frame: Uint8Array, random: Random): Uint8Array {
  const at = below(random, frame.length)
  return frame.map((byte, index) => (index === at ? byte ^ (1 << below(random, 8)) : byte))
}

function overwrite(frame: Uint8Array, random: Random): Uint8Array {
  const from = below(random, frame.length)
  const to = from + 1 + below(random, 8)
  return frame.map((byte, index) => (index >= from && index < to ? below(random, 256) : byte))
}

/** Writes a large or odd number where packed bytes have their sizes, of the frame or of a block. */
function changeSize(frame: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(frame)
  const at = 4 * below(random, 5)
  if (at + 4 > copy.length) return copy
  const size = pick(random, [0, 1, 7, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, below(random, 2 ** 32)])
  if (random() < 0.5) copy.writeUInt32BE(size, at)
  else copy.writeUInt32LE(size, at)
  return copy
}

/** Replaces a number or a word of a header. */
function changeText(frame: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(frame).toString('latin1')
  const tokens = [...text.matchAll(/\d+|\w+|[[\]{},:"]/g)]
  if (tokens.length === 0) return frame
  const token = pick(random, tokens)
  const before = text.slice(0, token.index)
  const after = text.slice(token.index + token[0].length)
  return Buffer.from(before + pick(random, TOKENS) + after, 'latin1')
}

const TOKENS: readonly string[] = [
  ...['0', '1', '-1', '0.5', '1e999', '2147483648', '9007199254740993', '18446744073709551616', '9'.repeat(400)],
  ...['null', 'true', 'NaN', '[', ']', '{', '}', '"', ',', '[]', '{}', '""', '\\', '\0', '\xff'],
  ...['float64', 'uint8', 'string', 'big', 'lz4', 'bitshuffle_lz4', '__proto__', 'constructor'],
  '['.repeat(2000),
]

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

function pick<T>(random: Random, list: readonly T[]): T {
  const item = list[below(random, list.length)]
  if (item === undefined) throw new Error('an empty list')
  return item
}
