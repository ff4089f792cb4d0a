import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { halvesArray } from '../../test/support/arrays.ts'
import { jpeg } from '../../test/support/pictures.ts'
import { until } from '../../test/support/until.ts'
import type { PackedArray } from '../core/payload.ts'
import { systemClock } from '../telemetry/system-clock.ts'
import { wholeOf } from '../wire/array-pieces.ts'
import { type ScaleJob, ScalerFailure, UndecodablePicture } from './scaler.ts'
import { ScalerPool } from './scaler-pool.ts'

const PHOTO = readFileSync(new URL('../../test/fixtures/pictures/progressive.jpg', import.meta.url))

const pools: ScalerPool[] = []
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close()
})

describe('a pool of threads', () => {
  test('makes the sizes of a picture and leaves the picture as it is', async () => {
    const pool = open(1)
    const bytes = Uint8Array.from(PHOTO)
    const { pictures, isDamaged } = await pool.scale(photo(bytes))
    expect(pictures).toMatchObject([
      { kind: 'image', mediaType: 'image/jpeg', width: 48, height: 32 },
      { kind: 'image', mediaType: 'image/jpeg', width: 24, height: 16 },
    ])
    expect(isDamaged).toBe(false)
    expect(Buffer.from(bytes).equals(PHOTO)).toBe(true)
  })

  test('says why a picture cannot be decoded, and goes on', async () => {
    const pool = open(1)
    await expect(pool.scale(photo(jpeg(3000, 2000)))).rejects.toThrow(UndecodablePicture)
    await expect(pool.scale(photo(jpeg(3000, 2000)))).rejects.toThrow('at most 4 are allowed')
    await expect(pool.scale(photo())).resolves.toBeDefined()
  })

  test('writes values, and says what is damaged', async () => {
    const pool = open(1)
    const array = halvesArray({ width: 4, height: 2 })
    const write = (more: Partial<PackedArray>, format: 'bytes' | 'json' | 'csv') =>
      pool.write({ piece: wholeOf({ ...array, ...more }), format })
    expect(Buffer.from(await write({}, 'bytes'))).toEqual(Buffer.from(array.bytes))
    expect(Buffer.from(await write({}, 'csv')).toString()).toBe('0,0,100,100\n0,0,100,100\n')
    await expect(write({ compression: 'lz4' }, 'json')).rejects.toThrow(UndecodablePicture)
    await expect(pool.scale(photo())).resolves.toBeDefined()
  })

  test('has as many threads as wanted, started one after the other when there is work', async () => {
    const pool = open(2)
    expect([pool.threads, pool.idle]).toEqual([2, 1])
    const first = pool.scale(photo())
    expect(pool.idle).toBe(0)
    await expect(pool.scale(photo())).rejects.toThrow(ScalerFailure)
    await first
    expect(pool.idle).toBe(2)
    await Promise.all([pool.scale(photo()), pool.scale(photo())])
    expect(pool.idle).toBe(2)
  })

  test('goes on after a picture that the machine has no memory for', async () => {
    class Huge extends Uint8Array {
      override get length(): number {
        return 2 ** 52
      }
    }
    const pool = open(1)
    await expect(pool.scale(photo(new Huge()))).rejects.toThrow(ScalerFailure)
    await until(() => pool.idle > 0)
    await expect(pool.scale(photo())).resolves.toBeDefined()
  })

  test('may start its first thread beforehand', async () => {
    const pool = open(1)
    await pool.start()
    expect(pool.idle).toBe(1)
  })

  test('tells when a job can begin', async () => {
    const pool = open(1)
    const listener = vi.fn()
    pool.onIdle(listener)
    await pool.scale(photo())
    expect(listener).toHaveBeenCalled()
  })
})

describe('the end', () => {
  test('waits for the jobs, and then for the threads', async () => {
    for (let i = 0; i < 2; i++) {
      const pool = open(2)
      await pool.scale(photo())
      const jobs = [pool.scale(photo()), pool.scale(photo())]
      await pool.close()
      await expect(Promise.all(jobs)).resolves.toHaveLength(2)
      expect(pool.idle).toBe(0)
    }
  })

  test('may come while the first thread is being started', async () => {
    const pool = open(1)
    const job = pool.scale(photo())
    await pool.close()
    await expect(job).resolves.toBeDefined()
  })
})

function open(threads: number): ScalerPool {
  const rules = { threads, maxPixels: 4_000_000, jobTimeout: 30_000 }
  const pool = new ScalerPool({ clock: systemClock, rules, onFailure: () => {} })
  pools.push(pool)
  return pool
}

function photo(bytes: Uint8Array = PHOTO): ScaleJob {
  const outputs = [
    { width: 48, height: 32, jpegQuality: 80 },
    { width: 24, height: 16, jpegQuality: 60 },
  ]
  return { picture: { kind: 'image', bytes, mediaType: 'image/jpeg', width: 96, height: 64 }, outputs }
}
