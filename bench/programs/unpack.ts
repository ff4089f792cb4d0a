/*
 * Unpacks the same bitshuffle_lz4 image again and again. Prints the CPU time of each in µs.
 *
 *   unpack.ts FILE ELEMENT_BYTES BYTES TIMES reused|new|typescript
 *
 * reused: into the same memory; new: each into memory of its own; typescript: into the same memory, without WebAssembly
 */
import { readFileSync } from 'node:fs'
import { unpackBitshuffleLz4 } from '../../src/wire/bsread/bitshuffle-lz4.ts'
import { unpackedBytesOf } from '../../src/wire/bsread/unpack-bytes.ts'

const [file = '', ...numbers] = process.argv.slice(2)
const how = numbers.pop()
const [elementBytes = 1, bytes = 0, times = 0] = numbers.map(Number)
const packed = readFileSync(file)
const memory = new Uint8Array(bytes)
const reused = () => memory

function unpack(): void {
  if (how === 'typescript') unpackBitshuffleLz4(packed, elementBytes, bytes, reused)
  else unpackedBytesOf(packed, 'bitshuffle_lz4', elementBytes, bytes, how === 'reused' ? reused : undefined)
}

function unpackAll(): void {
  for (let i = 0; i < times; i++) unpack()
}

// Servers run for hours: V8 has compiled what is called for each image.
unpackAll()
const before = process.cpuUsage()
unpackAll()
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ mean: (user + system) / times }))
