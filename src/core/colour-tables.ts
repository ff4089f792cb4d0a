import type { Colormap } from './colouring.ts'

/**
 * Anchors of the colour maps, "index:rrggbb", indexes from 0 to 255: the colours between two of them are mixed. They are
 * entries of the tables that matplotlib 3.11 publishes (`_cm_listed.py`; `jet` and `hot` follow from `_cm.py`), chosen so
 * that no mixed colour is off by more than 2 of 255. viridis, inferno, magma and plasma are by Stéfan van der Walt, Nathaniel
 * Smith and Eric Firing, turbo by Anton Mikhailov.
 */
const ANCHORS: Readonly<Record<Colormap, string>> = {
  gray: '0:000000 255:ffffff',
  viridis:
    '0:440154 29:482979 58:3e4c8a 119:23888e 147:1fa287 166:2fb47c 187:54c568 215:95d840 238:d2e21b 246:e7e419 255:fde725',
  inferno:
    '0:000004 17:0c0826 35:260c51 49:3e0966 69:5f136e 99:8f2469 131:c03a51 158:e25734 187:f8850f 198:fb9906 207:fcaa0f 225:f8cd37 239:f2e865 250:f5f992 255:fcffa4',
  magma:
    '0:000004 15:090720 38:251255 52:3d0f71 69:59157e 105:912b81 139:c83e73 159:e55064 177:f66c5c 194:fc8c63 220:febd82 255:fcfdbf',
  plasma:
    '0:0d0887 13:2c0594 45:6100a7 68:8405a7 99:ad2793 144:da5a6a 191:f89441 223:fdc328 242:f7e225 253:f1f525 255:f0f921',
  turbo:
    '0:30123b 11:3c3286 22:4451bf 34:4771e9 45:458cfd 53:3ba0fd 64:28bceb 77:18d7ca 86:1ce6b4 95:2ff19b 111:69fd66 124:99fe42 135:b7f735 153:e1dd37 169:f9bc39 185:fe932a 205:ef5811 225:ce2d04 244:9e1001 255:7a0403',
  jet: '0:000080 28:0000ff 32:0000ff 87:00ddfe 90:02e9f4 96:16ffe1 163:eeff09 166:f8f500 170:ffe600 227:ff1300 232:e80000 255:800000',
  hot: '0:0b0000 93:ff0000 190:fffe00 255:ffffff',
}

/** The colours of a map, from the lowest level to the highest. */
export const COLOURS = 256

const tables = new Map<Colormap, Uint32Array>()

/** A colour map as the bytes of its `COLOURS` pixels, in RGBA, opaque: one number each, as a `Uint32Array` of pixels has them. */
export function colourTable(colormap: Colormap): Uint32Array {
  const table = tables.get(colormap) ?? makeTable(ANCHORS[colormap])
  tables.set(colormap, table)
  return table
}

function makeTable(anchors: string): Uint32Array {
  const bytes = new Uint8Array(COLOURS * 4)
  let last: Anchor | undefined
  for (const text of anchors.split(' ')) {
    const anchor = readAnchor(text)
    const from = last ?? anchor
    for (let index = from.index; index <= anchor.index; index++) {
      const way = anchor.index > from.index ? (index - from.index) / (anchor.index - from.index) : 0
      for (const [channel, before] of from.rgb.entries()) {
        const after = anchor.rgb[channel] ?? before
        bytes[index * 4 + channel] = Math.round(before + (after - before) * way)
      }
      bytes[index * 4 + 3] = OPAQUE
    }
    last = anchor
  }
  return new Uint32Array(bytes.buffer)
}

const OPAQUE = 255

interface Anchor {
  readonly index: number
  readonly rgb: readonly number[]
}

function readAnchor(text: string): Anchor {
  const [index = '', colour = ''] = text.split(':')
  return { index: Number(index), rgb: [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) }
}
