import type { Packing } from './compression.ts'

/** Packed bytes that are damaged. */
export class UnpackError extends Error {}

/** @throws UnpackError for anything that does not unpack to exactly `expected` bytes */
export function unpackedBytesOf(
  bytes: Uint8Array,
  compression: Packing,
  elementBytes: number,
  expected: number,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (compression === 'lz4') {
    if (bytes.length < 4 || (view.getUint32(0, true) !== expected && view.getUint32(0) !== expected))
      throw new UnpackError('Its size is wrong.')
    return lz4(bytes.subarray(4), expected)
  }
  if (bytes.length < 12 || view.getBigInt64(0) !== BigInt(expected)) throw new UnpackError('Its size is wrong.')
  const announced = view.getInt32(8)
  const full = announced === 0 ? DEFAULT_BLOCK(elementBytes) : announced / elementBytes
  if (announced < 0 || !Number.isInteger(full) || full % 8 > 0) throw new UnpackError('Its block size is wrong.')
  const result = new Uint8Array(expected)
  const elements = expected / elementBytes
  let at = 12
  let done = 0
  while (elements - done >= 8) {
    const count = Math.min(full, elements - done - ((elements - done) % 8))
    if (at + 4 > bytes.length) throw new UnpackError('It ends early.')
    const length = view.getUint32(at)
    at += 4
    if (length > bytes.length - at) throw new UnpackError('It ends early.')
    transposeBack(
      lz4(bytes.subarray(at, at + length), count * elementBytes),
      count,
      elementBytes,
      result.subarray(done * elementBytes),
    )
    at += length
    done += count
  }
  const rest = bytes.subarray(at)
  if (rest.length !== (elements - done) * elementBytes) throw new UnpackError('Its end is wrong.')
  result.set(rest, done * elementBytes)
  return result
}

/** @returns what `unpackedBytesOf` unpacks */
export function packBytes(bytes: Uint8Array, compression: Packing, elementBytes: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(compression === 'lz4' ? 4 : 12))
  if (compression === 'lz4') {
    head.setUint32(0, bytes.length, true)
    return joined([new Uint8Array(head.buffer), literals(bytes)])
  }
  head.setBigInt64(0, BigInt(bytes.length))
  const parts: Uint8Array[] = [new Uint8Array(head.buffer)]
  const elements = bytes.length / elementBytes
  let done = 0
  while (elements - done >= 8) {
    const count = Math.min(DEFAULT_BLOCK(elementBytes), elements - done - ((elements - done) % 8))
    const block = literals(transposed(bytes.subarray(done * elementBytes), count, elementBytes))
    const length = new DataView(new ArrayBuffer(4))
    length.setUint32(0, block.length)
    parts.push(new Uint8Array(length.buffer), block)
    done += count
  }
  return joined([...parts, bytes.subarray(done * elementBytes)])
}

const DEFAULT_BLOCK = (elementBytes: number) => Math.max(128, Math.floor(8192 / elementBytes / 8) * 8)

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

function literals(bytes: Uint8Array): Uint8Array {
  const lengths = [bytes.length < 15 ? bytes.length << 4 : 0xf0]
  for (let left = bytes.length - 15; left >= 0; left -= 255) lengths.push(Math.min(left, 255))
  return joined([Uint8Array.from(lengths), bytes])
}

function lz4(bytes: Uint8Array, expected: number): Uint8Array {
  const result = new Uint8Array(expected)
  let from = 0
  let to = 0
  const byte = () => {
    const value = bytes[from++]
    if (value === undefined) throw new UnpackError('It ends early.')
    return value
  }
  const lengthOf = (nibble: number) => {
    let length = nibble
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) more = byte()
    return length
  }
  for (;;) {
    const token = byte()
    const count = lengthOf(token >> 4)
    if (count > bytes.length - from || count > expected - to) throw new UnpackError('It is too long.')
    result.set(bytes.subarray(from, from + count), to)
    from += count
    to += count
    if (from === bytes.length) break
    const offset = byte() + byte() * 256
    const match = 4 + lengthOf(token & 15)
    if (offset === 0 || offset > to || match > expected - to) throw new UnpackError('It has a wrong match.')
    for (let i = 0; i < match; i++, to++) result[to] = result[to - offset] ?? 0
  }
  if (to !== expected) throw new UnpackError('It is too short.')
  return result
}

function transposed(bytes: Uint8Array, count: number, elementBytes: number): Uint8Array {
  const result = new Uint8Array(count * elementBytes)
  eachBit(count, elementBytes, (plain, shuffled) => {
    if (((bytes[plain >> 3] ?? 0) >> (plain & 7)) & 1)
      result[shuffled >> 3] = (result[shuffled >> 3] ?? 0) | (1 << (shuffled & 7))
  })
  return result
}

function transposeBack(bytes: Uint8Array, count: number, elementBytes: number, result: Uint8Array): void {
  eachBit(count, elementBytes, (plain, shuffled) => {
    if (((bytes[shuffled >> 3] ?? 0) >> (shuffled & 7)) & 1)
      result[plain >> 3] = (result[plain >> 3] ?? 0) | (1 << (plain & 7))
  })
}

function eachBit(count: number, elementBytes: number, visit: (plain: number, shuffled: number) => void): void {
  const bits = elementBytes * 8
  for (let i = 0; i < count; i++) for (let bit = 0; bit < bits; bit++) visit(i * bits + bit, bit * count + i)
}
