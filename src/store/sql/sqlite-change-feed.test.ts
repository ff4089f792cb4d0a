import { expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { SqliteChangeFeed } from './sqlite-change-feed.ts'

it('what cannot be looked at may have changed', () => {
  const clock = new ManualClock()
  let version: number | undefined = 1
  const changes = new SqliteChangeFeed(() => version ?? expect.fail('disk I/O error'), clock)
  let heard = 0
  changes.subscribe('accounts', () => heard++)
  version = undefined
  clock.advance(500)
  expect(heard).toBe(2)
  version = 1
  clock.advance(250)
  expect(heard).toBe(3)
  clock.advance(1000)
  expect(heard).toBe(3)
})

it('nothing is looked at while nobody listens', () => {
  const clock = new ManualClock()
  let looks = 0
  const changes = new SqliteChangeFeed(() => looks++, clock)
  clock.advance(1000)
  expect(looks).toBe(0)
  const leave = changes.subscribe('accounts', () => {})
  clock.advance(1000)
  expect(looks).toBe(5)
  leave()
  clock.advance(1000)
  expect(looks).toBe(5)
})
