import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Pixels } from '../../test/support/pixels.ts'
import { colourTable } from '../core/colour-tables.ts'
import { readImage } from '../wire/image-header.ts'
import { encodePalettePng, encodePng } from './png-codec.ts'

/** Opaque pictures of any size and colours. */
const pictures = fc
  .record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((bytes) => ({ width, height, data: Buffer.from(bytes.map((byte, i) => (i % 4 === 3 ? 255 : byte))) })),
  )

async function decoded(png: Uint8Array): Promise<(readonly number[])[]> {
  const { width, height } = readImage(png, { maxPixels: 1000 })
  const pixels = await Pixels.of(png)
  return Array.from({ length: width * height }, (_, i) => pixels.at(i % width, Math.floor(i / width)))
}

const pixelsOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 4 }, (_, i) => [...bytes.subarray(i * 4, i * 4 + 3)])

it('a PNG has the very colours of the pixels', async () => {
  await fc.assert(
    fc.asyncProperty(pictures, async (picture) => {
      expect(await decoded(encodePng(picture))).toEqual(pixelsOf(picture.data))
    }),
  )
})

it('a PNG with a palette has the very colours of the table', async () => {
  const table = colourTable('viridis')
  const colours = pixelsOf(new Uint8Array(table.buffer))
  await fc.assert(
    fc.asyncProperty(pictures, async (picture) => {
      for (let i = 0; i < picture.data.length; i += 4) picture.data.fill(picture.data[i] ?? 0, i, i + 3)
      const wanted = pixelsOf(picture.data).map(([gray = 0]) => colours[gray])
      expect(await decoded(encodePalettePng(picture, table))).toEqual(wanted)
    }),
  )
})
