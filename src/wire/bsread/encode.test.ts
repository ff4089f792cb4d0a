import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ELEMENT_TYPES, type TypedArray } from '../../core/payload.ts'
import type { ChannelReading } from './channel-reading.ts'
import { type ChannelType, elementBytesOf, TYPED_ARRAYS } from './element-types.ts'
import { BsreadEncoder, type SentChannel, type SentMessage, type SentValue } from './encode.ts'
import { BsreadDecoder } from './message.ts'
import { unpackArray } from './unpack-array.ts'

const TYPES: readonly ChannelType[] = [...ELEMENT_TYPES, 'string']
const COMPRESSIONS = ['none', 'lz4', 'bitshuffle_lz4'] as const

const timestamp = fc.record({ sec: fc.integer({ min: 0, max: 4e9 }), ns: fc.integer({ min: 0, max: 999_999_999 }) })

const channel = fc.record({
  name: fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constantFrom('__proto__', 'constructor'),
  ),
  type: fc.constantFrom(...TYPES),
  shape: fc.oneof(
    fc.constant([1]),
    fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
    fc.integer({ min: 0, max: 1100 }).map((length) => [length]),
  ),
  byteOrder: fc.constantFrom('little', 'big'),
  compression: fc.constantFrom(...COMPRESSIONS),
  modulo: fc.constantFrom(1, 1, 1, 10),
  offset: fc.constantFrom(0, 0, 3),
})

/** Bytes that are easily packed, hardly, and not at all. */
function arrayOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 300 }))
    .map(([bytes, step]) =>
      Uint8Array.from({ length }, (_, i) => (bytes[i % bytes.length] ?? 0) + Math.floor(i / step)),
    )
}

function valueFor({ type, shape }: SentChannel): fc.Arbitrary<TypedArray | string> {
  if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 50 })
  const elements = shape.reduce((product, each) => product * each, 1)
  return arrayOf(elements * elementBytesOf(type)).map(({ buffer }) => new TYPED_ARRAYS[type](buffer, 0, elements))
}

function sentFor(channels: readonly SentChannel[]): fc.Arbitrary<SentMessage> {
  const sent = (each: SentChannel) =>
    fc.option(fc.record({ value: valueFor(each), timestamp: fc.option(timestamp, { nil: undefined }) }), { freq: 5 })
  return fc.record({
    pulseId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    globalTimestamp: fc.option(timestamp, { nil: undefined }),
    values: fc.tuple(...channels.map(sent)),
  })
}

const stream = fc.uniqueArray(channel, { selector: (each) => each.name, maxLength: 6 }).chain((channels) =>
  fc.record({
    channels: fc.constant(channels),
    compression: fc.constantFrom(...COMPRESSIONS),
    messages: fc.array(sentFor(channels), { minLength: 1, maxLength: 3 }),
  }),
)

/** The bytes of a value, as NaN is not equal to itself; an empty one is null. */
function written(value: TypedArray | string | null | undefined): string | Uint8Array | null {
  if (value === null || value === undefined || value.length === 0) return null
  return typeof value === 'string' ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
}

function read({ value, error }: ChannelReading): string | Uint8Array | null {
  expect(error).toBe(undefined)
  return written(value === null || typeof value === 'string' ? value : unpackArray(value).values)
}

function timeOf(sent: SentValue | null, { globalTimestamp }: SentMessage) {
  return sent && sent.value.length > 0 ? (sent.timestamp ?? globalTimestamp) : undefined
}

describe('what the encoder writes', () => {
  it('is read again as it was, of all types, shapes, byte orders and compressions', () => {
    fc.assert(
      fc.property(stream, ({ channels, compression, messages }) => {
        const encoder = new BsreadEncoder(channels, compression)
        const decoder = new BsreadDecoder()
        for (const sent of messages) {
          const message = decoder.decode(encoder.encode(sent))
          if (message.kind !== 'message') throw new Error('a command')
          expect(message.pulseId).toBe(sent.pulseId)
          expect(message.globalTimestamp).toEqual(sent.globalTimestamp)
          expect(message.channels.map((each) => each.channel)).toEqual(
            channels.map((each) => ({ ...each, error: undefined })),
          )
          expect(message.channels.map(read)).toEqual(sent.values.map((each) => written(each?.value)))
          expect(message.channels.map((each) => each.timestamp)).toEqual(sent.values.map((each) => timeOf(each, sent)))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('has the width of a picture before its height, and what is not as usual', () => {
    const encoder = new BsreadEncoder([
      { name: 'image', type: 'float64', shape: [480, 640] },
      { name: 'slow', type: 'string', shape: [1], byteOrder: 'big', compression: 'lz4', modulo: 10, offset: 3 },
    ])
    const [main, data] = encoder.encode({ pulseId: 7n, globalTimestamp: { sec: 5, ns: 6 }, values: [null, null] })
    expect(parsed(data)).toEqual({
      htype: 'bsr_d-1.1',
      channels: [
        { name: 'image', type: 'float64', shape: [640, 480], encoding: 'little' },
        { name: 'slow', type: 'string', shape: [1], encoding: 'big', compression: 'lz4', modulo: 10, offset: 3 },
      ],
    })
    expect(parsed(main)).toEqual({
      htype: 'bsr_m-1.1',
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      pulse_id: 7,
      global_timestamp: { sec: 5, ns: 6 },
    })
  })

  it('has another hash for other channels, and the same for the same', () => {
    const hash = (name: string) => {
      const [main] = new BsreadEncoder([{ name, type: 'int8', shape: [1] }]).encode({ pulseId: 0n, values: [null] })
      return parsed(main).hash
    }
    expect(hash('a')).toBe(hash('a'))
    expect(hash('a')).not.toBe(hash('b'))
  })

  it('is nothing where values are not of the type and shape of their channels', () => {
    const encoder = new BsreadEncoder([{ name: 'a', type: 'int32', shape: [2] }])
    const encode = (...values: (TypedArray | string)[]) =>
      encoder.encode({ pulseId: 0n, values: values.map((value) => ({ value })) })
    expect(() => encode(Int32Array.of(1))).toThrow(RangeError)
    expect(() => encode(Uint32Array.of(1, 2))).toThrow(RangeError)
    expect(() => encode('12')).toThrow(RangeError)
    expect(() => encode()).toThrow(RangeError)
    expect(encode(Int32Array.of(1, 2))).toHaveLength(4)
  })
})

function parsed(frame: Uint8Array | undefined) {
  return JSON.parse(Buffer.from(frame ?? []).toString())
}
