import { describe, expect, it } from 'vitest'
import { COLOURS, colourTable } from './colour-tables.ts'
import { COLORMAPS, type Colormap } from './colouring.ts'

/** Every fifteenth colour of the tables that matplotlib 3.11.2 publishes. */
const PUBLISHED: Readonly<Record<Colormap, string>> = {
  gray: '000000 0f0f0f 1e1e1e 2d2d2d 3c3c3c 4b4b4b 5a5a5a 696969 787878 878787 969696 a5a5a5 b4b4b4 c3c3c3 d2d2d2 e1e1e1 f0f0f0 ffffff',
  viridis:
    '440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 b0dd2f d8e219 fde725',
  inferno:
    '000004 0a0722 1e0c45 380962 510e6c 69166e 801f6c 982766 b0315b c63d4d d94d3d e9612b f47918 fa9407 fcb014 f8cd37 f2ea69 fcffa4',
  magma:
    '000004 090720 1a1042 311165 4a1079 621980 792282 912b81 aa337d c23b75 d9466b ec5860 f7725c fc8e64 feaa74 fec68a fde2a3 fcfdbf',
  plasma:
    '0d0887 2f0596 4903a0 6100a7 7801a8 8e0ca4 a21d9a b42e8d c43e7f d24f71 de6164 e97257 f3854b f99a3e fdaf31 fdc627 f8df25 f0f921',
  turbo:
    '30123b 3f3e9c 4666dd 458cfd 2fb2f4 1ad4d0 22ebaa 52fa7a 8bff4b b7f735 dbe236 f5c53a fea130 f9751d e84b0c ce2d04 a91601 7a0403',
  jet: '000080 0000c4 0000ff 0035ff 0071ff 00adff 02e9f4 33ffc4 63ff94 94ff63 c4ff33 f4f802 ffc100 ff8900 ff5200 ff1a00 c40000 800000',
  hot: '0b0000 320000 590000 810000 a80000 cf0000 f70000 ff1f00 ff4700 ff6e00 ff9500 ffbd00 ffe400 ffff13 ffff4e ffff89 ffffc4 ffffff',
}

describe.each(COLORMAPS)('the colour map %s', (colormap) => {
  const bytes = new Uint8Array(colourTable(colormap).buffer)

  it('has the published colours, to 2 of 255', () => {
    for (const [i, colour] of PUBLISHED[colormap].split(' ').entries())
      for (const channel of [0, 1, 2]) {
        const published = Number.parseInt(colour.slice(channel * 2, channel * 2 + 2), 16)
        expect(Math.abs((bytes[i * 15 * 4 + channel] ?? -99) - published)).toBeLessThanOrEqual(2)
      }
  })

  it('is opaque, and has no gaps', () => {
    expect(bytes).toHaveLength(COLOURS * 4)
    for (let i = 0; i < COLOURS; i++) expect(bytes[i * 4 + 3]).toBe(255)
  })
})
