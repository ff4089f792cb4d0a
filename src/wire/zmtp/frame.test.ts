import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunked, chunking } from '../../../test/support/chunks.ts'
import { encodeCommandFrame, encodeMessage, type FrameHeader, FrameReader } from './frame.ts'
import { ZmtpError } from './zmtp-error.ts'

interface Read extends FrameHeader {
  readonly body: Buffer | undefined
}

/** Reads bytes; where there is `space`, what fits is put there. */
function read(chunks: readonly Uint8Array[], { usesSpace = false, drops = false } = {}): Read[] {
  const found: Read[] = []
  let body: Uint8Array | undefined
  const reader = new FrameReader({
    begin: ({ size }) => {
      body = drops ? undefined : new Uint8Array(size)
      return body
    },
    end: (header) => void found.push({ ...header, body: body && Buffer.from(body) }),
  })
  for (let chunk of chunks) {
    while (chunk.length > 0) {
      const space = usesSpace ? reader.space : undefined
      const length = space ? Math.min(space.length, chunk.length) : reader.read(chunk)
      if (space) {
        space.set(chunk.subarray(0, length))
        reader.filled(length)
      }
      // It is not kept.
      chunk.fill(0xee, 0, length)
      chunk = chunk.subarray(length)
    }
  }
  return found
}

const frame = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ minLength: 250, maxLength: 300 }),
  fc.integer({ min: 16_000, max: 40_000 }).map((length) => new Uint8Array(length).map((_, at) => at * 7)),
)
const messages = fc.array(fc.array(frame, { minLength: 1, maxLength: 5 }), { maxLength: 4 })

describe('messages', () => {
  it.each([{ usesSpace: false }, { usesSpace: true }])(
    'are read as they were sent, in any pieces ($usesSpace)',
    (how) => {
      fc.assert(
        fc.property(messages, chunking, (sent, cuts) => {
          const bytes = Buffer.concat(sent.flatMap(encodeMessage))
          const expected = sent.flatMap((frames) =>
            frames.map((body, at) => ({
              ...{ kind: 'message', hasMore: at < frames.length - 1, size: body.length },
              body: Buffer.from(body),
            })),
          )
          expect(read(chunked(bytes, cuts), how)).toEqual(expected)
        }),
        { numRuns: 40 },
      )
    },
  )

  it('are not copied to be sent, where they are large', () => {
    const large = new Uint8Array(100_000)
    expect(encodeMessage([large])[1]).toBe(large)
  })

  it('may be dropped, without any memory', () => {
    const bytes = Buffer.concat(encodeMessage([new Uint8Array(100_000), new Uint8Array(3)]))
    const sizes = read(chunked(bytes, [1000]), { drops: true }).map(({ size, body }) => ({ size, body }))
    expect(sizes).toEqual([
      { size: 100_000, body: undefined },
      { size: 3, body: undefined },
    ])
  })
})

it('a command is a frame of its own kind', () => {
  expect(read([encodeCommandFrame('PING', Uint8Array.of(0, 1))])).toEqual([
    { kind: 'command', hasMore: false, size: 7, body: Buffer.from('\x04PING\0\x01') },
  ])
})

it('an announced size may be as large as it likes, and is told before anything is taken', () => {
  let announced = 0
  const reader = new FrameReader({
    begin({ size }) {
      announced = size
      throw new ZmtpError('too large')
    },
    end() {},
  })
  expect(() => reader.read(Buffer.from('020000000100000000', 'hex'))).toThrow('too large')
  expect(announced).toBe(2 ** 32)
  expect(() => read([Buffer.from('02ffffffffffffffff', 'hex')])).toThrow('announces a frame of more than 2^53 bytes')
})

it.each(['08', '80', '05', '07', 'ff'])('flags of 0x%s are refused at the first byte', (hex) => {
  expect(() => read([Buffer.from(hex, 'hex')])).toThrow(ZmtpError)
})

it('nothing is read after it is stopped, not even the rest of the chunk', () => {
  let frames = 0
  const reader = new FrameReader({
    begin: () => undefined,
    end() {
      frames++
      reader.stop()
    },
  })
  expect(reader.read(Buffer.from('0100' + '0000', 'hex'))).toBe(4)
  reader.read(Buffer.from('0000', 'hex'))
  expect(frames).toBe(1)
})

it('no more than one message is read at once, so that the reader of a chunk of thousands can pause between them', () => {
  const ended: boolean[] = []
  const reader = new FrameReader({ begin: () => undefined, end: ({ hasMore }) => void ended.push(hasMore) })
  const chunk = Buffer.from('0100' + '0000' + '0000', 'hex')
  expect(reader.read(chunk)).toBe(4)
  expect(ended).toEqual([true, false])
  expect(reader.read(chunk.subarray(4))).toBe(2)
})
