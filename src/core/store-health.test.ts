import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { logHealth, problemOf, type StoreHealth } from './store-health.ts'

it('a store that falls ill is reported once, with the reason, and once when it is well again', () => {
  const clock = new ManualClock()
  let health: StoreHealth = { isHealthy: true }
  const store = { health: () => health }
  const lines: string[] = []
  const log = {
    error: (_: object, line: string) => lines.push(`error: ${line}`),
    warn: (_: object, line: string) => lines.push(`warn: ${line}`),
    info: (_: object, line: string) => lines.push(`info: ${line}`),
  }
  const stop = logHealth(store, { clock, log })
  clock.advance(5000)
  expect([problemOf(store), lines]).toEqual([undefined, []])
  health = { isHealthy: false, reason: 'The file is gone.' }
  clock.advance(5000)
  expect([problemOf(store), lines]).toEqual(['The file is gone.', ['error: The file is gone.']])
  health = { isHealthy: true }
  clock.advance(5000)
  expect(lines.slice(1)).toEqual(['info: the store is well again'])
  stop()
  health = { isHealthy: false, reason: 'The file is gone.' }
  clock.advance(5000)
  expect(lines).toHaveLength(2)
})
