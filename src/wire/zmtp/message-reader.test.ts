import { describe, expect, it } from 'vitest'
import { chunked } from '../../../test/support/chunks.ts'
import { encodeMessage, FrameReader } from './frame.ts'
import { type MessageBounds, MessageReader } from './message-reader.ts'
import { ZmtpError } from './zmtp-error.ts'

const BOUNDS: MessageBounds = { maxFrames: 5, maxMessageBytes: 1000, maxLeadingBytes: 100 }

/** Reads messages, and tells what happens, in order, and what memory was taken. */
function readerFor(choice: 'keep' | 'skip', leadingFrames = 2) {
  const told: string[] = []
  const allocated: number[] = []
  const texts = (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString()).join('|')
  const messages = new MessageReader({
    leadingFrames,
    bounds: BOUNDS,
    allocate(bytes) {
      allocated.push(bytes)
      return new Uint8Array(bytes)
    },
    listener: {
      leading(frames) {
        told.push(`headers ${texts(frames)}`)
        return choice
      },
      message: (frames) => void told.push(`message ${texts(frames)}`),
      skipped: (bytes) => void told.push(`skipped ${bytes}`),
    },
  })
  const reader = new FrameReader(messages)
  const send = (...frames: string[]) => {
    for (const chunk of chunked(Buffer.concat(encodeMessage(frames.map((text) => Buffer.from(text)))), [3]))
      for (let rest = chunk; rest.length > 0; ) rest = rest.subarray(reader.read(rest))
  }
  return { reader, told, allocated, send }
}

describe('a message', () => {
  it('that is wanted is told with its headers first, then as a whole', () => {
    const { told, send } = readerFor('keep')
    send('a', 'b', 'body', '')
    send('c', 'd', 'e')
    expect(told).toEqual(['headers a|b', 'message a|b|body|', 'headers c|d', 'message c|d|e'])
  })

  it('that is not wanted takes memory for its headers only', () => {
    const { told, allocated, send } = readerFor('skip')
    send('a', 'b', 'x'.repeat(500), 'y')
    expect(told).toEqual(['headers a|b', 'skipped 503'])
    expect(allocated).toEqual([1, 1])
  })

  it('that consists of its headers is asked for as well', () => {
    const kept = readerFor('keep')
    kept.send('a', 'b')
    expect(kept.told).toEqual(['headers a|b', 'message a|b'])
    const skipped = readerFor('skip')
    skipped.send('a', 'b')
    expect(skipped.told).toEqual(['headers a|b', 'skipped 2'])
  })

  it('with fewer frames than headers is given as it is', () => {
    const { told, send } = readerFor('skip', 3)
    send('stop')
    send('a', 'b')
    send('a', 'b', 'c', 'd')
    expect(told).toEqual(['message stop', 'message a|b', 'headers a|b|c', 'skipped 4'])
  })
})

describe.each(['keep', 'skip'] as const)('too much (%s)', (choice) => {
  it('is refused before memory is taken for it', () => {
    const { reader, allocated } = readerFor(choice)
    reader.read(Buffer.from('010161' + '010162', 'hex'))
    const fourGiB = Buffer.from('020000000100000000', 'hex')
    expect(() => reader.read(fourGiB)).toThrow(
      new ZmtpError('announces a message of 4294967298 bytes or more; at most 1000 are taken'),
    )
    expect(allocated).toEqual([1, 1])
  })

  it('is the sum of its frames, their number, and headers of their own bound', () => {
    expect(() => readerFor(choice).send('a', 'b', 'x'.repeat(600), 'y'.repeat(600))).toThrow(
      'announces a message of 1202 bytes or more; at most 1000 are taken',
    )
    expect(() => readerFor(choice).send('1', '2', '3', '4', '5', '6')).toThrow('sends a message of more than 5 frames')
    expect(() => readerFor(choice).send('a', 'b'.repeat(200), 'c')).toThrow(
      'announces headers of 201 bytes or more; at most 100 are taken',
    )
  })
})
