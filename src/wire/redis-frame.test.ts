import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jpeg, png } from '../../test/support/pictures.ts'
import type { EncodedImage } from '../core/payload.ts'
import {
  type EntryFields,
  type EntryLimits,
  isWrittenBy,
  nameOfRedisKey,
  readRedisEntry,
  redisFieldsOf,
  redisKeyOf,
} from './redis-frame.ts'

const LIMITS: EntryLimits = { maxBytes: 100_000, maxPixels: 1e6, maxTextBytes: 1000, maxValues: 100 }
const STREAM = { label: 'site', key: 'cam' }
const ORIGIN = { node: 'a node', receivedAt: 1_700_000_000_000 }

function entry(fields: Readonly<Record<string, string | Uint8Array>>): Map<string, Uint8Array> {
  return written(Object.entries(fields))
}

function written(fields: EntryFields): Map<string, Uint8Array> {
  return new Map(fields.map(([name, value]) => [name, typeof value === 'string' ? Buffer.from(value) : value]))
}

it.each([
  ['turned by 90°', 'exif_orientation6.jpg', { width: 240, height: 320 }],
  ['upside down', 'exif_orientation3.jpg', { width: 320, height: 240 }],
])('a picture that is to be %s has the size at which it is seen', (_how, file, size) => {
  const frame = readFileSync(join(import.meta.dirname, '../../test/fixtures/field', file))
  const { input } = readRedisEntry(STREAM, entry({ frame, width: '0', height: '0' }), LIMITS)
  expect(input).toMatchObject({ size, payload: { width: 320, height: 240, needsTurning: true } })
  const echo = readRedisEntry(STREAM, written(redisFieldsOf(input, ORIGIN)), LIMITS)
  expect(echo.input).toEqual(input)
})

describe('the key of a stream', () => {
  it('holds label and key, URL-safe and with padding', () => {
    expect(redisKeyOf({ label: 'site', key: '工地/東' })).toBe('stream_frame:c2l0ZQ==|5bel5ZywL-adsQ==')
  })

  it('names its stream', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => text.normalize('NFC'))
    fc.assert(
      fc.property(part, part, (label, key) => {
        const found = nameOfRedisKey(redisKeyOf({ label, key }))
        if (found) expect(found).toEqual({ label, key })
      }),
    )
    expect(nameOfRedisKey(redisKeyOf({ label: '工地', key: '🦺' }))).toEqual({ label: '工地', key: '🦺' })
  })

  it('gives the name as it is spelled there', () => {
    const name = { label: 'Bu\u0308hne', key: 'cam' }
    expect(nameOfRedisKey(redisKeyOf(name))).toEqual(name)
  })

  it.each([
    'other:c2l0ZQ==|Y2Ft',
    'stream_frame:c2l0ZQ==',
    'stream_frame:c2l0ZQ==|Y2Ft|Y2Ft',
    'stream_frame:c2l0ZQ==|',
    'stream_frame:AAAA|Y2Ft',
  ])('%s is none', (redisKey) => {
    expect(nameOfRedisKey(redisKey)).toBe(undefined)
  })

  it('takes names that are not encoded as they stand', () => {
    expect(nameOfRedisKey('stream_frame:site a|door 1')).toEqual({ label: 'site a', key: 'door 1' })
  })
})

describe('an entry', () => {
  it('of ours comes back with all that the frame had', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 })
    const pixels = fc.integer({ min: 0, max: 5000 })
    const annotations = fc.record({
      warnings: text.map((value) => `w${value}`),
      cone_polygons: text,
      pole_polygons: text,
      detection_items: text,
      width: pixels,
      height: pixels,
    })
    const metadata = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null)), { maxKeys: 5 })
    const capturedAt = fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined })
    const size = fc.record({ width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) })
    fc.assert(
      fc.property(annotations, metadata, capturedAt, size, (annotations, metadata, capturedAt, size) => {
        const payload: EncodedImage = {
          kind: 'image',
          bytes: jpeg(16, 8),
          mediaType: 'image/jpeg',
          width: 16,
          height: 8,
        }
        const isEmpty = Object.keys(metadata).length === 0
        const metadataText = isEmpty ? undefined : JSON.stringify(metadata, undefined, 1)
        const input = { stream: STREAM, size, payload, annotations, metadata, metadataText, capturedAt } as const
        const fields = written(redisFieldsOf(input, ORIGIN))
        const read = readRedisEntry(STREAM, fields, LIMITS)
        expect({ ...read.input, warnings: undefined }).toEqual({
          ...input,
          payload: { ...payload, bytes: new Uint8Array(payload.bytes) },
          warnings: undefined,
          metadata: { ...metadata },
        })
        expect(read.origin).toEqual(ORIGIN)
        expect(isWrittenBy('a node', STREAM, fields)).toBe(true)
        expect(isWrittenBy('a nod', STREAM, fields)).toBe(false)
        expect(isWrittenBy('another', STREAM, fields)).toBe(false)
        expect(read.leftOut).toEqual([])
      }),
    )
  })

  it('of ours has the fields of the detection hub first, with zeros where there is no size', () => {
    const payload: EncodedImage = { kind: 'image', bytes: png(2, 1), mediaType: 'image/png', width: 2, height: 1 }
    const fields = redisFieldsOf({ stream: STREAM, size: payload, payload, metadata: {} }, ORIGIN)
    expect(fields).toEqual([
      ['frame', png(2, 1)],
      ['warnings', ''],
      ['cone_polygons', ''],
      ['pole_polygons', ''],
      ['detection_items', ''],
      ['width', '0'],
      ['height', '0'],
      ['belvedere', '{"node":"a node","stream":["site","cam"],"received_at":1700000000000}'],
    ])
  })

  it.each([
    ['No warning', []],
    ['無警告', []],
    ["Pas d'avertissement", []],
    ['ไม่มีคำเตือน', []],
    ['Someone is not wearing a hardhat!\nNo safety vest', ['Someone is not wearing a hardhat!', 'No safety vest']],
  ])('of the first generation has only a picture and the lines %j', (warnings, names) => {
    const { input, origin } = readRedisEntry(STREAM, entry({ frame: png(2, 1), warnings }), LIMITS)
    expect(input).toMatchObject({ size: { width: 2, height: 1 }, warnings: names, metadata: {} })
    expect(input.annotations).toMatchObject({ warnings, detection_items: '', width: undefined, height: undefined })
    expect(origin).toBe(undefined)
  })

  it('keeps texts that are no JSON, and takes numbers that are none for 0', () => {
    const fields = { frame: jpeg(8, 8), warnings: '{broken', cone_polygons: 'NaN', width: 'wide', height: '-3' }
    const { input } = readRedisEntry(STREAM, entry(fields), LIMITS)
    expect(input.annotations).toMatchObject({ warnings: '{broken', cone_polygons: 'NaN', width: 0, height: 0 })
  })

  it.each([
    ['longer', 'x'.repeat(1001), /^detection_items: at most 1000 bytes/],
    ['of more values', `[${'1,'.repeat(200)}1]`, /^detection_items: at most 100 values/],
    ['nested deeper', '['.repeat(101) + ']'.repeat(101), /^detection_items: /],
  ])('leaves out a text that is %s than allowed, and says so', (_what, text, sentence) => {
    const fields = { frame: jpeg(8, 8), warnings: 'one', detection_items: text }
    const { input, leftOut } = readRedisEntry(STREAM, entry(fields), LIMITS)
    expect(input.annotations).toMatchObject({ warnings: 'one', detection_items: '' })
    expect(leftOut).toEqual([expect.stringMatching(sentence)])
  })

  it.each([
    [{ warnings: 'no picture' }, /^frame: the entry has no such field/],
    [{ frame: 'GIF89a' }, /^file: not a JPEG, PNG or WebP/],
    [{ frame: jpeg(8, 8).subarray(0, 50) }, /^file: this JPEG is cut|^file: /],
    [{ frame: new Uint8Array(100_001) }, /^file: at most 100000 bytes/],
  ])('without a usable picture is refused: %#', (fields, sentence) => {
    expect(() => readRedisEntry(STREAM, entry(fields), LIMITS)).toThrow(sentence)
  })

  it('may have anything in our field', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (belvedere) => {
        const { input } = readRedisEntry(STREAM, entry({ frame: png(2, 1), belvedere }), LIMITS)
        expect(input.size).toEqual({ width: 2, height: 1 })
      }),
    )
  })
})
