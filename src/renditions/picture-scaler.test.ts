import { readFileSync } from 'node:fs'
import { createCanvas } from '@napi-rs/canvas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exifOf, jpeg, png, riff, segment, undecodable, webp, withExif } from '../../test/support/pictures.ts'
import { Pixels } from '../../test/support/pixels.ts'
import { type Orientation, turnedSize } from '../core/orientation.ts'
import { IMAGE_TYPES, type ImageType, type Size } from '../core/payload.ts'
import { STAGE_COLOUR } from '../core/stage-colour.ts'
import { NO_ANNOTATIONS } from '../wire/annotation-fields.ts'
import { orientationOf } from '../wire/exif.ts'
import { readImage } from '../wire/image-header.ts'
import { turnedAnnotations } from '../wire/turned-annotations.ts'
import { NativeGate, ThreadEnd } from './native-gate.ts'
import { PictureScaler } from './picture-scaler.ts'
import { UndecodablePicture } from './scaler.ts'

const FIXTURES = new URL('../../test/fixtures/', import.meta.url)
const MAX_PIXELS = 4_000_000
const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** The colours of the fixtures' quarters: top left, top right, bottom left, bottom right. */
const QUARTERS = [
  [220, 30, 30],
  [30, 200, 40],
  [40, 60, 220],
  [240, 220, 60],
]

describe('a JPEG', () => {
  test.each(['progressive', 'cmyk', 'ycck'])('that is %s has its colours', async (name) => {
    const { pictures, isDamaged } = await scale(fixture(`pictures/${name}.jpg`), 48, 32)
    expect(await differenceFrom(QUARTERS, pictures[0]?.bytes)).toBeLessThan(12)
    expect(isDamaged).toBe(false)
  })

  test('that is grey stays grey', async () => {
    const { pictures } = await scale(fixture('pictures/gray.jpg'), 48, 32)
    const greys = [87, 131, 72, 208].map((grey) => [grey, grey, grey])
    expect(await differenceFrom(greys, pictures[0]?.bytes)).toBeLessThan(5)
  })

  test('without Huffman tables, as cameras and AVI files have them, is decoded', async () => {
    const { pictures } = await scale(fixture('field/ok_nodht_avi1.jpg'), 160, 120)
    expect(pictures[0]).toMatchObject({ width: 160, height: 120 })
  })

  test('that nobody can decode is refused', async () => {
    const output = { width: 32, height: 24, jpegQuality: 90 }
    for (const name of ['nodqt', 'prec12'])
      await expect(scalerOf().scale(fixture(`field/${name}.jpg`), 'image/jpeg', [output])).rejects.toThrow(
        UndecodablePicture,
      )
  })

  test('whose data is damaged or cut is shown, and said to be damaged', async () => {
    const whole = quarters('image/jpeg')
    const scan = whole.indexOf(Buffer.of(0xff, 0xda))
    const cut = Buffer.concat([whole.subarray(0, scan + Math.round((whole.length - scan) / 2)), Buffer.of(0xff, 0xd9)])
    const { pictures, isDamaged } = await scale(cut, 48, 32)
    expect(isDamaged).toBe(true)
    expect(pictures).toHaveLength(1)
  })

  test('of which nothing can be decoded does not show the picture before', async () => {
    const scaler = scalerOf()
    await scaler.scale(quarters('image/jpeg'), 'image/jpeg', [{ width: 48, height: 32, jpegQuality: 80 }])
    const again = scaler.scale(undecodable(96, 64), 'image/jpeg', [{ width: 48, height: 32, jpegQuality: 80 }])
    await expect(again).rejects.toThrow(UndecodablePicture)
  })

  test('with more scans than any encoder makes is refused before it is decoded', async () => {
    const bomb = manyScans(fixture('pictures/progressive.jpg'), 40)
    await expect(scale(bomb, 48, 32)).rejects.toThrow('more than 32 scans')
  })
})

describe.each(IMAGE_TYPES)('a %s', (mediaType) => {
  test.each(ORIENTATIONS)('with the EXIF orientation %i is upright, and says nothing of it', async (orientation) => {
    const turned = withExif(plain(quarters(mediaType), mediaType), mediaType, exifOf(orientation))
    const { width, height } = turnedSize({ width: 48, height: 32 }, orientation)
    const { pictures } = await scale(turned, width, height)
    expect(await differenceFrom(seen(orientation), pictures[0]?.bytes)).toBeLessThan(12)
    expect(readImage(pictures[0]?.bytes ?? turned, { maxPixels: MAX_PIXELS })).toMatchObject({ width, height })
    expect(orientationOf(pictures[0]?.bytes ?? turned, 'image/jpeg')).toBe(1)
  })

  test.each(ORIENTATIONS)(
    'with the EXIF orientation %i has everything where coordinates say it is, at every size',
    async (orientation) => {
      const box = { x1: 12, y1: 8, x2: 36, y2: 40 }
      const stored = { width: 96, height: 64 }
      const file = withExif(plain(boxed(mediaType, stored, box), mediaType), mediaType, exifOf(orientation))
      const sizes = [1, 2, 4].map((part) => turnedSize({ width: 96 / part, height: 64 / part }, orientation))
      const { pictures } = await scalerOf().scale(
        file,
        mediaType,
        sizes.map((size) => ({ ...size, jpegQuality: 95 })),
      )
      const detection_items = JSON.stringify([Object.values(box)])
      const annotations = { ...NO_ANNOTATIONS, ...stored, detection_items, orientation }
      const turned = turnedAnnotations(annotations)
      const [corners]: number[][] = JSON.parse(turned.detection_items)
      for (const { bytes, width } of pictures) {
        const seen = (await Pixels.of(bytes)).extent(([value]) => value > 128)
        const scale = width / (turned.width ?? 0)
        const found = [seen?.left, seen?.top, seen?.right, seen?.bottom]
        expect(found.map((side = 0, i) => Math.abs(side - (corners?.[i] ?? 0) * scale) < 1)).toEqual(
          Array(4).fill(true),
        )
      }
    },
  )

  test('makes pictures of several sizes, its own among them', async () => {
    const sizes = [
      { width: 96, height: 64, jpegQuality: 90 },
      { width: 17, height: 11, jpegQuality: 50 },
      { width: 48, height: 32, jpegQuality: 80 },
      { width: 1, height: 1, jpegQuality: 80 },
    ]
    const { pictures } = await scalerOf().scale(quarters(mediaType), mediaType, sizes)
    expect(pictures.map(({ width, height }) => [width, height])).toEqual([
      [96, 64],
      [17, 11],
      [48, 32],
      [1, 1],
    ])
    expect(await differenceFrom(QUARTERS, pictures[0]?.bytes)).toBeLessThan(12)
    for (const { bytes } of pictures) expect(bytes.buffer.byteLength).toBe(bytes.length)
  })

  test('that claims more pixels than allowed is refused', async () => {
    const make = { 'image/jpeg': jpeg, 'image/png': png, 'image/webp': webp }[mediaType]
    await expect(scale(make(2001, 2000), 100, 100)).rejects.toThrow('at most 4 are allowed')
  })

  test('damaged anywhere is decoded or refused', async () => {
    const scaler = scalerOf()
    const whole = quarters(mediaType)
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const damaged = Uint8Array.from(whole)
        damaged[at] = byte
        try {
          const { pictures } = await scaler.scale(damaged, mediaType, [{ width: 24, height: 16, jpegQuality: 60 }])
          expect(pictures).toMatchObject([{ width: 24, height: 16 }])
        } catch (error) {
          expect(error).toBeInstanceOf(UndecodablePicture)
        }
      }),
    )
  })
})

test.each(['image/png', 'image/webp'] as const)(
  'what is transparent in a %s has the colour of the stage',
  async (mediaType) => {
    const { pictures } = await scale(quarters(mediaType, ['#ff0000', '#ff000000', '#0000ff80', '#ffffff']), 48, 32)
    const stage = [1, 3, 5].map((at) => Number.parseInt(STAGE_COLOUR.slice(at, at + 2), 16))
    const half = stage.map((value, i) => (value + ([0, 0, 255][i] ?? 0)) / 2)
    expect(await differenceFrom([[255, 0, 0], stage, half, [255, 255, 255]], pictures[0]?.bytes)).toBeLessThan(12)
  },
)

function scalerOf(): PictureScaler {
  const gate = new NativeGate(new ThreadEnd().memory)
  return new PictureScaler(MAX_PIXELS, gate)
}

function scale(bytes: Uint8Array, width: number, height: number) {
  const { mediaType } = readImage(bytes, { maxPixels: Number.MAX_SAFE_INTEGER })
  return scalerOf().scale(bytes, mediaType, [{ width, height, jpegQuality: 90 }])
}

function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FIXTURES))
}

/** A picture of 96 × 64 of four colours, CSS colours for each quarter. */
function quarters(mediaType: ImageType, colours = QUARTERS.map(([r, g, b]) => `rgb(${r} ${g} ${b})`)): Buffer {
  const canvas = createCanvas(96, 64)
  const context = canvas.getContext('2d')
  for (const [i, colour] of colours.entries()) {
    context.fillStyle = colour
    context.fillRect((i % 2) * 48, (i >> 1) * 32, 48, 32)
  }
  if (mediaType === 'image/png') return canvas.encodeSync('png')
  return canvas.encodeSync(mediaType === 'image/jpeg' ? 'jpeg' : 'webp', 92)
}

/** A white box on black. */
function boxed(mediaType: ImageType, { width, height }: Size, box: { x1: number; y1: number; x2: number; y2: number }) {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillRect(0, 0, width, height)
  context.fillStyle = '#fff'
  context.fillRect(box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1)
  if (mediaType === 'image/png') return canvas.encodeSync('png')
  return canvas.encodeSync(mediaType === 'image/jpeg' ? 'jpeg' : 'webp', 95)
}

/** Without what the encoder puts around a WebP. */
function plain(picture: Uint8Array, mediaType: ImageType): Uint8Array {
  if (mediaType !== 'image/webp' || Buffer.from(picture).toString('latin1', 12, 16) !== 'VP8X') return picture
  return riff(picture.subarray(30))
}

/** The quarters as they are seen once they are turned. */
function seen(orientation: Orientation): number[][] {
  const order = { 1: '0123', 2: '1032', 3: '3210', 4: '2301', 5: '0213', 6: '2031', 7: '3120', 8: '1302' }[orientation]
  return Array.from(order, (quarter) => QUARTERS[Number(quarter)] ?? [])
}

/** The largest difference of the middles of a picture's quarters from some colours. */
async function differenceFrom(colours: readonly (readonly number[])[], bytes = new Uint8Array()): Promise<number> {
  const pixels = await Pixels.of(bytes)
  const differences = colours.flatMap((colour, i) => {
    const x = Math.floor(pixels.width * (i % 2 ? 0.75 : 0.25))
    const y = Math.floor(pixels.height * (i >> 1 ? 0.75 : 0.25))
    return pixels.at(x, y).map((value, channel) => Math.abs(value - (colour[channel] ?? 0)))
  })
  return Math.max(...differences)
}

/** The JPEG with its first scan's header repeated. */
function manyScans(whole: Buffer, times: number): Buffer {
  const scan = whole.indexOf(Buffer.of(0xff, 0xda))
  const header = segment(0xda, whole.subarray(scan + 4, scan + 2 + whole.readUInt16BE(scan + 2)))
  return Buffer.concat([whole.subarray(0, scan), ...Array.from({ length: times }, () => header), whole.subarray(scan)])
}
