import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { pngChunk } from '../../test/support/pictures.ts'
import { NativeGate, ThreadEnd } from './native-gate.ts'
import { PictureScaler } from './picture-scaler.ts'
import { hasAllRows } from './png-rows.ts'
import { UndecodablePicture } from './scaler.ts'

const WIDTH = 40
const HEIGHT = 31
const scaler = new PictureScaler(1e6, new NativeGate(new ThreadEnd().memory))

/** A PNG of bytes that are all the same, or noise, its data changed. */
function png(colourType: number, change: (data: Buffer) => Buffer, { value = -1, interlaced = 0 } = {}): Buffer {
  const ihdr = Buffer.alloc(13)
  ihdr.writeUInt32BE(WIDTH, 0)
  ihdr.writeUInt32BE(HEIGHT, 4)
  ihdr.set([8, colourType, 0, 0, interlaced], 8)
  const samples = { 0: 1, 2: 3, 4: 2, 6: 4 }[colourType] ?? 0
  const row = (columns: number, y: number) =>
    Buffer.from(
      Array.from({ length: 1 + columns * samples }, (_, i) => (i === 0 ? 0 : value < 0 ? (i * 37 * y) % 251 : value)),
    )
  const pass = (columns: number, rows: number) => Array.from({ length: rows }, (_, y) => row(columns, y + 1))
  const passes = [
    [5, 4],
    [5, 4],
    [10, 4],
    [10, 8],
    [20, 8],
    [20, 16],
    [40, 15],
  ] as const
  const rows = interlaced ? passes.flatMap(([columns, count]) => pass(columns, count)) : pass(WIDTH, HEIGHT)
  const data = change(deflateSync(Buffer.concat(rows)))
  const pieces = [data.subarray(0, 1), Buffer.alloc(0), data.subarray(1)].map((piece) => pngChunk('IDAT', piece))
  return Buffer.concat([SIGNATURE, pngChunk('IHDR', ihdr), ...pieces, pngChunk('IEND', Buffer.alloc(0))])
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

const scale = (bytes: Buffer) => scaler.scale(bytes, 'image/png', [{ width: 20, height: 15, jpegQuality: 80 }])

describe.each([0, 2, 4, 6])('a PNG of colour type %i', (colourType) => {
  test.each([
    ['ends in the middle', (data: Buffer) => data.subarray(0, data.length >> 1)],
    ['is damaged at its beginning', (data: Buffer) => Buffer.from(data).fill(0xff, 2)],
  ])('whose picture data %s cannot be decoded, though its checksums are right', async (_, change) => {
    for (const interlaced of [0, 1])
      await expect(scale(png(colourType, change, { interlaced }))).rejects.toThrow(UndecodablePicture)
  })

  test('that is whole is drawn, be it black and empty, interlaced, or with a few bytes too many or too few at its end', async () => {
    for (const change of [
      (data: Buffer) => data,
      (data: Buffer) => data.subarray(0, -4),
      (data: Buffer) => Buffer.concat([data, Buffer.alloc(9)]),
    ])
      for (const interlaced of [0, 1])
        for (const value of [0, -1])
          expect((await scale(png(colourType, change, { value, interlaced }))).pictures).toHaveLength(1)
  })

  test('is known to be whole by as many bytes as its rows have, interlaced or not', async () => {
    for (const interlaced of [0, 1]) {
      expect(await hasAllRows(png(colourType, (data) => data, { interlaced }))).toBe(true)
      expect(await hasAllRows(png(colourType, (data) => data.subarray(0, -20), { interlaced }))).toBe(false)
    }
  })
})
