import { describe, expect, it } from 'vitest'
import { type ArrayOptions, arrayOf, halvesArray } from '../../test/support/arrays.ts'
import { Pixels } from '../../test/support/pixels.ts'
import { colourTable } from '../core/colour-tables.ts'
import { type Colouring, DEFAULT_COLOURING } from '../core/colouring.ts'
import { ELEMENT_TYPES, type PackedArray } from '../core/payload.ts'
import { packBytes } from '../wire/bsread/unpack-bytes.ts'
import { readImage } from '../wire/image-header.ts'
import { ArrayScaler } from './array-scaler.ts'
import { NativeGate, ThreadEnd, ThreadEnding } from './native-gate.ts'
import { Resampler } from './resampler.ts'
import { UndecodablePicture } from './scaler.ts'

const SIZE = { width: 64, height: 48 }
/** The first and the last colour of viridis. */
const FIRST = [68, 1, 84]
const LAST = [253, 231, 37]

function scalerOf(maxPixels = 1e6, end = new ThreadEnd()) {
  const gate = new NativeGate(end.memory)
  gate.leave()
  return new ArrayScaler(maxPixels, gate, new Resampler())
}

/** One picture of the array. */
function drawn(array: PackedArray, colouring: Partial<Colouring> = {}, size = SIZE) {
  const { pictures } = scalerOf().draw(array, [
    { ...size, jpegQuality: 95, colouring: { ...DEFAULT_COLOURING, ...colouring } },
  ])
  const [picture] = pictures
  if (!picture) throw new Error('there is no picture')
  return picture
}

/** The colours in the middle of the left and of the right half. */
async function halvesOf({ bytes }: { bytes: Uint8Array }) {
  const pixels = await Pixels.of(bytes)
  const { width, height } = pixels
  return [pixels.at(width / 4, height / 2), pixels.at((3 * width) / 4, height / 2)].map((pixel) => pixel.slice(0, 3))
}

function differ(colours: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  return Math.max(
    ...colours.flatMap((colour, i) => colour.map((value, channel) => Math.abs(value - (wanted[i]?.[channel] ?? 0)))),
  )
}

describe('an array', () => {
  it('is drawn as a PNG, in the very colours of the map', async () => {
    const output = { ...SIZE, jpegQuality: 95, format: 'png' as const, colouring: DEFAULT_COLOURING }
    const [picture] = scalerOf().draw(halvesArray(SIZE), [output]).pictures
    if (!picture) throw new Error('there is no picture')
    expect(picture.mediaType).toBe('image/png')
    expect(await halvesOf(picture)).toEqual([FIRST, LAST])
  })

  it.each(ELEMENT_TYPES.flatMap((type) => (['little', 'big'] as const).map((byteOrder) => ({ type, byteOrder }))))(
    'of $type, $byteOrder-endian, is drawn from the first colour to the last',
    async (options: ArrayOptions) => {
      const picture = drawn(arrayOf(SIZE, (x) => (x < 32 ? 0 : 1), options))
      expect(picture).toMatchObject({ ...SIZE, colouring: { ...DEFAULT_COLOURING, levels: { min: 0, max: 1 } } })
      expect(differ(await halvesOf(picture), [FIRST, LAST])).toBeLessThan(8)
    },
  )

  it('is drawn as it is, whatever was unpacked into the same memory before', async () => {
    const scaler = scalerOf()
    const output = { ...SIZE, jpegQuality: 95, colouring: DEFAULT_COLOURING }
    const noise = arrayOf({ width: 200, height: 100 }, (x, y) => (x * 7919 + y * 104_729) % 1000)
    for (const type of ['float64', 'int16'] as const) {
      const halves = halvesArray(SIZE, { type, byteOrder: 'big' })
      for (const array of [noise, halves]) {
        const elementBytes = array.bytes.length / (array === noise ? 20_000 : SIZE.width * SIZE.height)
        const bytes = packBytes(array.bytes, 'bitshuffle_lz4', elementBytes)
        const [picture] = scaler.draw({ ...array, bytes, compression: 'bitshuffle_lz4' }, [output]).pictures
        if (array === halves && picture) expect(differ(await halvesOf(picture), [FIRST, LAST])).toBeLessThan(8)
      }
      scaler.release()
    }
    expect.assertions(2)
  })

  it('is drawn by the levels that are asked for, and says which were used', async () => {
    const given = drawn(halvesArray(), { levels: { min: 100, max: 200 } })
    expect(differ(await halvesOf(given), [FIRST, FIRST])).toBeLessThan(8)
    expect(given.colouring?.levels).toEqual({ min: 100, max: 200 })
    const byRank = drawn(halvesArray(), { levels: { percentiles: [25, 75] }, colormap: 'jet' })
    expect(byRank.colouring).toEqual({ colormap: 'jet', levels: { min: 0, max: 100 }, log: false })
  })

  it('is a JPEG of one component where it is gray', async () => {
    const picture = drawn(halvesArray(), { colormap: 'gray' })
    expect(
      differ(await halvesOf(picture), [
        [0, 0, 0],
        [255, 255, 255],
      ]),
    ).toBeLessThan(4)
    const frame = Buffer.from(picture.bytes).indexOf(Buffer.of(0xff, 0xc0))
    expect(picture.bytes[frame + 9]).toBe(1)
    expect(readImage(picture.bytes, { maxPixels: 1e6 })).toMatchObject(SIZE)
  })

  it('is averaged before it is coloured', async () => {
    const stripes = arrayOf(SIZE, (x) => (x % 2 ? 100 : 0))
    const pixels = await Pixels.of(drawn(stripes, { colormap: 'jet' }, { width: 32, height: 24 }).bytes)
    // Halfway through jet is green; the mean of its blue and its red would be purple.
    expect(differ([pixels.at(16, 12).slice(0, 3)], [[124, 255, 121]])).toBeLessThan(25)
  })

  it.each(['viridis', 'jet', 'turbo'] as const)(
    'has the colour of each value of its own in %s, on a line as wide as a pixel',
    async (colormap) => {
      const line = arrayOf(SIZE, (x) => (x === 31 ? 100 : 0))
      const pixels = await Pixels.of(drawn(line, { colormap }).bytes)
      const table = new Uint8Array(colourTable(colormap).buffer)
      const ends = [table.subarray(0, 3), table.subarray(255 * 4, 255 * 4 + 3)].map((end) => [...end])
      expect(differ([pixels.at(30, 24), pixels.at(31, 24)], ends)).toBeLessThan(12)
    },
  )

  it('is made at all sizes and in all colours at once', async () => {
    const small = { width: 16, height: 12 }
    const gray: Colouring = { ...DEFAULT_COLOURING, colormap: 'gray' }
    const dark: Colouring = { ...gray, levels: { min: 0, max: 1000 } }
    const outputs = [
      { ...SIZE, jpegQuality: 90, colouring: gray },
      { ...small, jpegQuality: 90 },
      { ...SIZE, jpegQuality: 90, colouring: dark },
      { ...SIZE, jpegQuality: 90 },
    ]
    const { pictures, isDamaged } = scalerOf().draw(halvesArray(), outputs)
    expect(isDamaged).toBe(false)
    const wanted = [
      [
        [0, 0, 0],
        [255, 255, 255],
      ],
      [FIRST, LAST],
      [
        [0, 0, 0],
        [25, 25, 25],
      ],
      [FIRST, LAST],
    ]
    expect(pictures.map(({ width }) => width)).toEqual([64, 16, 64, 64])
    for (const [i, picture] of pictures.entries())
      expect(differ(await halvesOf(picture), wanted[i] ?? [])).toBeLessThan(12)
  })

  it('may have dimensions of 1 beside its two', async () => {
    expect(drawn(halvesArray(SIZE, { shape: [1, 48, 64, 1] }))).toMatchObject(SIZE)
  })
})

describe('an array that cannot be drawn', () => {
  const array = halvesArray()
  const output = { ...SIZE, jpegQuality: 80 }
  const cases: [string, PackedArray, RegExp][] = [
    ['of one dimension', { ...array, shape: [64 * 48] }, /shape \[3072\] is no picture/],
    ['of three dimensions', { ...array, shape: [3, 16, 64] }, /is no picture/],
    ['without values', { ...array, bytes: new Uint8Array(0), shape: [48, 0] }, /is no picture/],
    ['of more values than are allowed', { ...array, shape: [1_000_000, 1_000_000] }, /too many values/],
    ['of another size than its source says', { ...array, shape: [24, 32] }, /another size than 32 × 24/],
    ['with too few bytes', { ...array, bytes: array.bytes.subarray(8) }, /24568 bytes/],
    ['with too many bytes', { ...array, type: 'float32' }, /24576 bytes/],
    ['that is packed and damaged', { ...array, compression: 'bitshuffle_lz4' }, /damaged/],
  ]
  it.each(cases)('%s is refused, and the next one drawn', (_what, bad, reason) => {
    const scaler = scalerOf()
    expect(() => scaler.draw(bad, [output])).toThrow(UndecodablePicture)
    expect(() => scaler.draw(bad, [output])).toThrow(reason)
    expect(scaler.draw(array, [output]).pictures).toHaveLength(1)
  })

  it('is not begun in native code by a thread that is to end', () => {
    const end = new ThreadEnd()
    const scaler = scalerOf(1e6, end)
    end.announce()
    expect(() => scaler.draw(array, [output])).toThrow(ThreadEnding)
  })
})
