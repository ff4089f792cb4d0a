/*
 * Reads the .npy format of NumPy, version 1.0 (numpy/lib/format.py): "\x93NUMPY", 1, 0, the length of the header as a
 * little-endian 16-bit number, the header as a Python dict, then the elements.
 */

/** A numeric array. */
export interface NpyArray {
  /** The slowest dimension first; empty for a single value. */
  readonly shape: readonly number[]
  /** The element at an index in the order of memory; undefined beyond the last. 64-bit integers are BigInts, booleans 0 and 1. */
  at(index: number): number | bigint | undefined
}

/** @throws Error when it is something else, or has not as many bytes as its header says */
export function readNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < PREFIX_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte))
    throw new Error('npy: no version 1.0')
  const begin = PREFIX_BYTES + view.getUint16(LENGTH_AT, true)
  const header = new TextDecoder('latin1').decode(bytes.subarray(PREFIX_BYTES, begin))
  const [, order, type = ''] = /'descr': '([<>|])([biuf][1248])'/.exec(header) ?? []
  const [, dimensions] = /'shape': \(([\d, ]*)\)/.exec(header) ?? []
  const read = READERS[type]
  if (!read || dimensions === undefined || !header.includes("'fortran_order': False"))
    throw new Error('npy: the header is none of numbers in C order')
  const shape = dimensions
    .split(',')
    .filter((each) => each.trim() !== '')
    .map(Number)
  const count = shape.reduce((product, length) => product * length, 1)
  const size = Number(type.slice(1))
  if (bytes.length !== begin + count * size) throw new Error('npy: it has not as many bytes as its header says')
  const isLittle = order !== '>'
  return {
    shape,
    at: (index) => (index >= 0 && index < count ? read(view, begin + index * size, isLittle) : undefined),
  }
}

const MAGIC = [0x93, ...Array.from('NUMPY', (letter) => letter.charCodeAt(0)), 1, 0]
const LENGTH_AT = MAGIC.length
const PREFIX_BYTES = LENGTH_AT + 2

type Reader = (view: DataView, at: number, isLittle: boolean) => number | bigint

const READERS: Readonly<Record<string, Reader>> = {
  b1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, isLittle) => view.getInt16(at, isLittle),
  u2: (view, at, isLittle) => view.getUint16(at, isLittle),
  i4: (view, at, isLittle) => view.getInt32(at, isLittle),
  u4: (view, at, isLittle) => view.getUint32(at, isLittle),
  i8: (view, at, isLittle) => view.getBigInt64(at, isLittle),
  u8: (view, at, isLittle) => view.getBigUint64(at, isLittle),
  f4: (view, at, isLittle) => view.getFloat32(at, isLittle),
  f8: (view, at, isLittle) => view.getFloat64(at, isLittle),
}
