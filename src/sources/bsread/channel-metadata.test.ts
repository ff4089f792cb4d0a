import { describe, expect, it } from 'vitest'
import type { TypedArray } from '../../core/payload.ts'
import { BsreadEncoder, type SentChannel } from '../../wire/bsread/encode.ts'
import { BsreadDecoder } from '../../wire/bsread/message.ts'
import { metadataOf } from './channel-metadata.ts'

const RULES = { profileElements: 4, metadataElements: 100 }

/** A channel and what it has with a pulse. */
interface Sent extends Partial<SentChannel> {
  readonly name: string
  readonly value: TypedArray | string | null
}

function metadata(sent: readonly Sent[], rules = RULES) {
  const channels = sent.map(({ value, ...channel }) => ({
    type: 'float64' as const,
    shape: [typeof value === 'object' && value ? value.length : 1],
    ...channel,
  }))
  const values = sent.map(({ value }) => (value === null ? null : { value }))
  const frames = new BsreadEncoder(channels).encode({ pulseId: 1n, values })
  const message = new BsreadDecoder().decode(frames)
  if (message.kind !== 'message') throw new Error('it is no message')
  return metadataOf(message.channels, rules)
}

describe('the measurements of a pulse', () => {
  it('are numbers, booleans, texts and lists', () => {
    expect(
      metadata([
        { name: 'energy', value: Float64Array.of(5.25) },
        { name: 'rate', type: 'int64', value: BigInt64Array.of(-100n), compression: 'lz4' },
        { name: 'isOpen', type: 'bool', value: Uint8Array.of(1) },
        { name: 'note', type: 'string', value: 'beam' },
        { name: 'profile', type: 'float32', value: Float32Array.of(0.5, 1.5), byteOrder: 'big' },
        { name: 'gates', type: 'bool', value: Uint8Array.of(0, 2) },
      ]),
    ).toEqual({ energy: 5.25, rate: -100, isOpen: true, note: 'beam', profile: [0.5, 1.5], gates: [false, true] })
  })

  it('are exact where a number is not, and null where JSON has nothing', () => {
    expect(
      metadata([
        { name: 'id', type: 'uint64', value: BigUint64Array.of(2n ** 64n - 1n, 3n) },
        { name: 'odd', value: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1) },
        { name: 'nothing', value: null },
      ]),
    ).toEqual({ id: ['18446744073709551615', 3], odd: [null, null, 1], nothing: null })
  })

  it('are described where they are too long, or no list', () => {
    expect(
      metadata([
        { name: 'long', value: new Float64Array(5) },
        { name: 'text', type: 'string', value: 'abcde' },
        { name: 'matrix', value: new Float64Array(4), shape: [2, 2] },
        { name: 'column', value: new Float64Array(2), shape: [2, 1] },
      ]),
    ).toEqual({
      long: { type: 'float64', shape: [5] },
      text: { type: 'string', shape: [5] },
      matrix: { type: 'float64', shape: [2, 2] },
      column: [0, 0],
    })
  })

  it('are bounded in all', () => {
    const profiles = Array.from({ length: 50 }, (_, at) => ({ name: `p${at}`, value: new Float64Array(4) }))
    const kept = Object.values(metadata(profiles)).filter(Array.isArray)
    expect(kept).toHaveLength(25)
  })

  it('do not unpack texts that are too long, whatever they would make', () => {
    const texts = Array.from({ length: 3 }, (_, at) => ({
      ...{ name: `t${at}`, type: 'string' as const, compression: 'lz4' as const },
      value: ' '.repeat(at === 1 ? 4 : 60_000),
    }))
    expect(metadata(texts)).toEqual({
      t0: { type: 'string', shape: [60_000] },
      t1: '    ',
      t2: { type: 'string', shape: [60_000] },
    })
  })

  it('have any names', () => {
    const made = metadata([{ name: '__proto__', value: Float64Array.of(1) }])
    expect(JSON.stringify(made)).toBe('{"__proto__":1}')
  })

  it('are null where a channel is damaged, and all others are there', () => {
    const channels: SentChannel[] = [
      { name: 'bad', type: 'float64', shape: [3], compression: 'bitshuffle_lz4' },
      { name: 'good', type: 'float64', shape: [1] },
    ]
    const values = [{ value: Float64Array.of(1, 2, 3) }, { value: Float64Array.of(4) }]
    const frames = new BsreadEncoder(channels).encode({ pulseId: 1n, values })
    frames[2] = (frames[2] ?? new Uint8Array(0)).subarray(0, 14)
    const message = new BsreadDecoder().decode(frames)
    if (message.kind !== 'message') throw new Error('it is no message')
    expect(metadataOf(message.channels, RULES)).toEqual({ bad: null, good: 4 })
  })
})
