import { expect, it } from 'vitest'
import { isBusy, whileBusy } from './busy-retry.ts'

const limit = () => 5000

const errorOf = (errcode: number) => Object.assign(new Error('database is locked'), { errcode })

it.each([
  ['SQLITE_BUSY', 5, true],
  ['SQLITE_BUSY_RECOVERY', 261, true],
  ['SQLITE_BUSY_SNAPSHOT', 517, true],
  ['SQLITE_LOCKED', 6, false],
  ['SQLITE_FULL', 13, false],
])('of %s is known whether somebody else has locked the database', (_, errcode, busy) => {
  expect(isBusy(errorOf(errcode))).toBe(busy)
  expect(isBusy(new Error('database is locked'))).toBe(false)
})

it('what fails for another reason is not tried again', async () => {
  let attempts = 0
  const attempt = async () => {
    attempts++
    throw errorOf(attempts === 3 ? 13 : 517)
  }
  await expect(whileBusy(attempt, { limit })).rejects.toMatchObject({ errcode: 13 })
  expect(attempts).toBe(3)
})

it('what has waited long enough already is tried once', async () => {
  let attempts = 0
  const attempt = async () => {
    attempts++
    throw errorOf(5)
  }
  await expect(whileBusy(attempt, { limit, since: performance.now() - 5000 })).rejects.toMatchObject({ errcode: 5 })
  expect(attempts).toBe(1)
})

it('what waits is given up when the limit is lowered', async () => {
  let most = 5000
  let attempts = 0
  const attempt = async () => {
    attempts++
    if (attempts === 3) most = 0
    throw errorOf(5)
  }
  await expect(whileBusy(attempt, { limit: () => most })).rejects.toMatchObject({ errcode: 5 })
  expect(attempts).toBe(3)
})
