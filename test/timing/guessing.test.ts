import { expect, it } from 'vitest'
import { PASSWORD_COST } from '../../src/access/password-hasher.ts'
import { Fortress } from '../support/intruder.ts'

it('guessing passwords tells a name that does not exist from one that does neither by the answer nor by its time', async () => {
  const fortress = await Fortress.start({ 'limits.login_tries': 1000 }, { passwordCost: PASSWORD_COST })
  await fortress.administer('POST', '/add_user', {
    username: 'bob',
    password: fortress.secret('the-password-of-bob'),
  })
  await fortress.administer('POST', '/add_user', {
    username: 'away',
    password: fortress.secret('the-password-of-away'),
  })
  await fortress.administer('PUT', '/set_user_active_status', { username: 'away', is_active: false })
  const names = ['bob', 'nobody', 'away']
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  const answers = new Set<string>()
  for (let n = 0; n < 25; n++)
    for (const username of names) {
      const before = performance.now()
      const { status, body, headers } = await fortress.send('POST', '/login', {
        body: { username, password: `guess ${n}` },
      })
      times.get(username)?.push(performance.now() - before)
      answers.add(`${status} ${body} ${Object.keys(headers).sort().join()}`)
    }
  expect([...answers]).toHaveLength(1)
  expect([...answers][0]).toMatch(/^401 \{"detail":"Wrong username or password"\}/)
  // Without the hash an unknown name would take a tenth of the time at most; so a wide factor tells, and a busy machine does not.
  const medians = [...times.values()].map((each) => each.sort((a, b) => a - b)[12] ?? 0)
  expect(Math.max(...medians) / Math.min(...medians), medians.join()).toBeLessThan(3)
})
