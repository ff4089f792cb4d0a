import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { collectGarbage } from '../../test/support/garbage.ts'
import { writePieces } from '../http/transport/write-pieces.ts'
import { BufferPool } from './buffer-pool.ts'

const SIZE = 1_048_576

/** Collects garbage until something is true. */
async function collected(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await collectGarbage()
}

/** What is in the memory that is taken now; it is not kept. */
function content(pool: BufferPool, bytes = SIZE): number | undefined {
  return pool.take(bytes)?.[0]
}

function fill(pool: BufferPool, value: number, bytes = SIZE): void {
  pool.take(bytes)?.fill(value)
}

it('memory is used again once nobody has a view of it', async () => {
  const pool = new BufferPool(SIZE)
  fill(pool, 7)
  let again: number | undefined
  await collected(() => {
    again = content(pool)
    return again !== undefined
  })
  expect([again, pool.bytes]).toEqual([7, SIZE])
})

it('memory of which a part is still viewed is not', async () => {
  const pool = new BufferPool(2 * SIZE)
  const part = pool.take(SIZE)?.fill(7).subarray(100, 200)
  for (let value = 1; value < 4; value++) {
    await collected(() => {
      const other = pool.take(SIZE)
      other?.fill(value)
      return other !== undefined
    })
  }
  expect(part?.every((element) => element === 7)).toBe(true)
})

it('it has no more than it may, and more is no memory of it', () => {
  const pool = new BufferPool(2 * SIZE)
  const taken = [pool.take(SIZE), pool.take(SIZE), pool.take(SIZE)]
  expect(taken.map((bytes) => bytes?.length)).toEqual([SIZE, SIZE, undefined])
  expect(pool.bytes).toBe(2 * SIZE)
  expect(new BufferPool(0).take(SIZE)).toBe(undefined)
})

it('little memory is not taken from it', () => {
  expect(new BufferPool(SIZE).take(1000)).toBe(undefined)
})

it('sizes that are a little different share memory, with the length that was asked for', async () => {
  const pool = new BufferPool(SIZE)
  fill(pool, 7, SIZE - 1)
  let again: Uint8Array | undefined
  await collected(() => {
    again = pool.take(SIZE - 2)
    return again !== undefined
  })
  expect([again?.length, again?.[SIZE - 3]]).toEqual([SIZE - 2, 7])
})

it('memory of a size that is no longer wanted makes room for another', async () => {
  const pool = new BufferPool(SIZE)
  fill(pool, 7)
  await collected(() => content(pool, SIZE / 2) !== undefined)
  expect(pool.bytes).toBeLessThanOrEqual(SIZE)
})

it('what has not been needed for a while is given up', async () => {
  const pool = new BufferPool(SIZE)
  fill(pool, 7)
  await collected(() => {
    pool.trim()
    return pool.bytes === 0
  })
})

it('memory that a slow reader has not been sent yet is not used again', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  const reader = connect(address.port, '127.0.0.1').pause()
  const [writer]: Socket[] = await once(server, 'connection')
  if (!writer) throw new Error('nobody connected')
  // More than the kernel takes; a single one, and in pieces as messages are.
  const count = 16
  const pool = new BufferPool(2 * count * SIZE)
  for (let value = 0; value < count; value++) {
    const body = pool.take(SIZE)?.fill(value) ?? new Uint8Array()
    writePieces(writer, value % 2 === 0 ? [body] : [body.subarray(0, 10), body.subarray(10)])
  }
  expect(writer.writableLength).toBeGreaterThan(SIZE)
  for (let i = 0; i < 3; i++) {
    await collectGarbage()
    await new Promise(setImmediate)
    for (let others = 0; others < count; others++) fill(pool, 255)
  }
  writer.end()
  const parts: Buffer[] = await reader.toArray()
  const received = Buffer.concat(parts)
  expect(received.length).toBe(count * SIZE)
  for (let value = 0; value < count; value++)
    expect(received.subarray(value * SIZE, (value + 1) * SIZE).every((byte) => byte === value)).toBe(true)
  server.close()
})
