import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jpeg } from '../../test/support/pictures.ts'
import { readFrame } from './frame-fields.ts'

const LIMITS = { maxPixels: 1e6, maxTextBytes: 1000, maxValues: 100 }
const NAME = { label: 'site', key: 'cam' }

describe('what comes with a picture', () => {
  it.each([
    ['a text', JSON.stringify({ text: 'x'.repeat(1000) })],
    ['a text that is no JSON', 'x'.repeat(1001)],
  ])('is refused before it is parsed when it is too long: %s', (_what, metadata_json) => {
    expect(() => readFrame({ ...NAME, metadata_json }, jpeg(8, 8), LIMITS)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: 'metadata_json: at most 1000 bytes (frames.metadata_bytes)',
        limit: 'frames.metadata_bytes',
      }),
    )
  })

  it('is refused when it holds too many values, in a text or in a header', () => {
    const metadata = { list: Array(100).fill([]) }
    for (const metadata_json of [metadata, JSON.stringify(metadata)])
      expect(() => readFrame({ ...NAME, metadata_json }, jpeg(8, 8), LIMITS)).toThrow(
        'metadata_json: at most 100 values (frames.metadata_values)',
      )
  })
})

describe('metadata', () => {
  it('keeps what was sent to the digit, with null for the numbers that JSON does not know, and says so', () => {
    const sent = '{"a":[NaN, -Infinity,1610521604143693812],"NaN":"\\"Infinity"}'
    const { input, note } = readFrame({ ...NAME, metadata_json: sent }, jpeg(8, 8), LIMITS)
    expect(input.metadataText).toBe('{"a":[null, null,1610521604143693812],"NaN":"\\"Infinity"}')
    expect(note).toMatch(/^metadata_json: NaN and Infinity/)
    expect(readFrame({ ...NAME, metadata_json: '{"a":"NaN"}' }, jpeg(8, 8), LIMITS).note).toBeUndefined()
  })

  it.each(['{', 'NaN', '{"a":nan}', '{"a":1NaN}', '{"a":-NaN}', '{NaN:1}'])(
    'is refused when it is %s',
    (metadata_json) => {
      expect(() => readFrame({ ...NAME, metadata_json }, jpeg(8, 8), LIMITS)).toThrow(/^metadata_json: /)
    },
  )
})

it('a small picture does not keep the large body alive that it came in', () => {
  const body = Buffer.concat([jpeg(8, 8), Buffer.alloc(100_000)])
  const { payload } = readFrame(NAME, body.subarray(0, jpeg(8, 8).length), LIMITS).input
  expect(Buffer.from(payload.bytes)).toEqual(jpeg(8, 8))
  expect(payload.bytes.buffer.byteLength).toBe(payload.bytes.length)
})

it.each([
  ['turned by 90°', 'exif_orientation6.jpg', { width: 240, height: 320 }],
  ['upside down', 'exif_orientation3.jpg', { width: 320, height: 240 }],
])('a picture that is to be %s has the size at which it is seen', (_how, file, size) => {
  const bytes = readFileSync(join(import.meta.dirname, '../../test/fixtures/field', file))
  const frame = readFrame(NAME, bytes, LIMITS).input
  expect(frame).toMatchObject({ size, payload: { width: 320, height: 240, needsTurning: true } })
})
