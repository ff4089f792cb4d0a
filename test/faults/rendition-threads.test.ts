import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ScaleJob, ScalerFailure } from '../../src/renditions/scaler.ts'
import { ScalerPool } from '../../src/renditions/scaler-pool.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { HANGING, MISBEHAVIOUR } from '../support/misbehaving-scaler-worker.ts'
import { until } from '../support/until.ts'

const MISBEHAVING = new URL('../support/misbehaving-scaler-worker.ts', import.meta.url)
const EXIT_WHILE_SCALING = fileURLToPath(new URL('../support/exit-while-scaling.ts', import.meta.url))

const pools: ScalerPool[] = []
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close()
})

describe('a thread that makes renditions', () => {
  test.each([
    ['throws', 'it is thrown'],
    ['exits', 'ended'],
    ['hangs', 'longer than 300 ms'],
    ['hangsInNativeCode', 'longer than 300 ms'],
    ['eatsMemory', 'memory'],
  ] as const)('that %s fails its job, is counted and replaced', async (name, reason) => {
    const onFailure = vi.fn()
    const jobTimeout = name.startsWith('hangs') ? 300 : 30_000
    const pool = open(onFailure, MISBEHAVING, jobTimeout)
    await expect(pool.scale(misbehave(name))).rejects.toThrow(ScalerFailure)
    expect(onFailure).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(reason))
    expect(await goesOn(pool)).toEqual({ pictures: [], isDamaged: false })
  })

  test('that cannot be started fails the job, and is tried again later', async () => {
    const onFailure = vi.fn()
    const pool = open(onFailure, new URL('../support/no-such-program.ts', import.meta.url))
    await expect(pool.scale(misbehave('none'))).rejects.toThrow(ScalerFailure)
    expect(onFailure).toHaveBeenCalledOnce()
    expect(pool.idle).toBe(0)
    await until(() => pool.idle > 0)
  })

  test('that the machine has no room for, too', async () => {
    // The constructor of `Worker` throws, as it does then.
    const pool = open(() => {}, new URL('https://example.com/'))
    await expect(pool.scale(misbehave('none'))).rejects.toThrow(ScalerFailure)
    await until(() => pool.idle > 0)
  })

  test('that does not come up in time fails the job, and another is started', async () => {
    const onFailure = vi.fn()
    const pool = open(onFailure, new URL('../support/slow-scaler-worker.ts', import.meta.url), 30_000, 100)
    await expect(pool.scale(misbehave('none'))).rejects.toThrow('took too long to start')
    expect(onFailure).toHaveBeenCalledOnce()
    await until(() => pool.idle > 0)
  })

  test('that hangs in native code is replaced once; while both hang nothing can be done, and afterwards it can', async () => {
    writeFileSync(HANGING, '')
    onTestFinished(() => rmSync(HANGING, { force: true }))
    const pool = open(() => {}, MISBEHAVING, 100)
    await expect(pool.scale(misbehave('hangsInNativeCode'))).rejects.toThrow(ScalerFailure)
    expect(pool.isStuck).toBe(false)
    await until(() => pool.idle > 0)
    await expect(pool.scale(misbehave('hangsInNativeCode'))).rejects.toThrow(ScalerFailure)
    expect([pool.isStuck, pool.idle]).toEqual([true, 0])
    rmSync(HANGING)
    await until(() => pool.idle > 0)
    expect(pool.isStuck).toBe(false)
    await goesOn(pool)
  })
})

describe('a process', () => {
  test.each([
    ['exit', 0],
    ['throw', 1],
  ] as const)('that ends while its threads are inside native code does not abort: %s', async (manner, expected) => {
    for (const delay of [5, 25, 60]) expect(await exitCode(manner, delay)).toBe(expected)
  })
})

/** A pool of one thread. */
function open(
  onFailure: (reason: string) => void,
  program: URL,
  jobTimeout = 30_000,
  startTimeout = 30_000,
): ScalerPool {
  const pool = new ScalerPool({
    clock: systemClock,
    rules: { threads: 1, maxPixels: 1e6, jobTimeout },
    onFailure,
    program,
    startTimeout,
  })
  pools.push(pool)
  return pool
}

/** Waits until a job is done, which may take longer than it may on a busy machine. @returns its result */
async function goesOn(pool: ScalerPool): Promise<unknown> {
  let result: unknown
  await until(async () => {
    result = await pool.scale(misbehave('none')).catch(() => undefined)
    return result !== undefined
  }, 'a job is done')
  return result
}

function misbehave(name: keyof typeof MISBEHAVIOUR): ScaleJob {
  const bytes = Uint8Array.of(MISBEHAVIOUR[name])
  return { picture: { kind: 'image', bytes, mediaType: 'image/jpeg', width: 1, height: 1 }, outputs: [] }
}

/** Of a process that ends while its threads work. */
async function exitCode(manner: 'exit' | 'throw', delay: number): Promise<unknown> {
  try {
    await promisify(execFile)(process.execPath, [EXIT_WHILE_SCALING, manner, String(delay)])
    return 0
  } catch (error) {
    if (!(error instanceof Error) || !('signal' in error && 'code' in error)) throw error
    return error.signal ?? error.code
  }
}
