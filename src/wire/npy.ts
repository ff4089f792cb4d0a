import type { ElementType } from '../core/payload.ts'

/*
 * The .npy format of NumPy, version 1.0 (numpy/lib/format.py): a magic number, the length of a header, the header as a
 * Python dict padded to a multiple of 64 bytes, then the elements in their order.
 */

/** An array in the format, in two pieces, so that its elements need not be copied. */
export interface Npy {
  readonly header: Uint8Array
  readonly elements: Uint8Array
}

/** Writes an array. @param elements in the given order of bytes, the last dimension of the shape varying fastest */
export function npyOf(
  type: ElementType,
  byteOrder: 'little' | 'big',
  shape: readonly number[],
  elements: Uint8Array,
): Npy {
  const name = TYPE_NAMES[type]
  const order = name.endsWith('1') ? '|' : byteOrder === 'little' ? '<' : '>'
  return { header: headerOf(`${order}${name}`, shape), elements }
}

/** Writes a text, as an array without dimensions. */
export function npyOfText(text: string): Npy {
  // In place of a list of its characters, which would take many times the memory of the text.
  const elements = new DataView(new ArrayBuffer(4 * text.length))
  let count = 0
  for (let at = 0; at < text.length; count++) {
    const point = text.codePointAt(at) ?? 0
    elements.setUint32(4 * count, point, true)
    at += point > LAST_OF_ONE_UNIT ? 2 : 1
  }
  return { header: headerOf(`<U${count}`, []), elements: new Uint8Array(elements.buffer, 0, 4 * count) }
}

function headerOf(descr: string, shape: readonly number[]): Uint8Array {
  // Python's tuple of one element has a comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`
  const length = Math.ceil((PREFIX_BYTES + dict.length + 1) / ALIGNMENT) * ALIGNMENT
  const header = new Uint8Array(length).fill(SPACE)
  header.set(MAGIC)
  new DataView(header.buffer).setUint16(MAGIC.length, length - PREFIX_BYTES, true)
  header.set(new TextEncoder().encode(dict), PREFIX_BYTES)
  header[length - 1] = LINE_FEED
  return header
}

const TYPE_NAMES: Readonly<Record<ElementType, string>> = {
  bool: 'b1',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  float32: 'f4',
  float64: 'f8',
}

/** The last character that has one unit of UTF-16. */
const LAST_OF_ONE_UNIT = 0xffff

/** "\x93NUMPY", then version 1.0. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0)
/** The magic number, the version and the length of the header. */
const PREFIX_BYTES = 10
const ALIGNMENT = 64
const SPACE = 0x20
const LINE_FEED = 0x0a
