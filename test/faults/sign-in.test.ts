import { type ClientRequest, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { type Asking, ask, must, pairOf, refused, startHouse } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import type { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const TRIES = 'limits.login_tries'
const PER_ADDRESS = 'limits.login_waiting_per_address'

/** A house in which time stands still until the test moves it on; a wrong password was tried too often from here. */
async function punished(config: Readonly<Record<string, string | number>> = {}) {
  const clock = new ManualClock()
  const house = await startHouse({ config: { [TRIES]: 1, ...config }, clock })
  const guess = () => logIn(house.server, 'nobody', 'wrong')
  for (let n = 0; n < 2; n++) expect((await guess()).status).toBe(401)
  return { ...house, clock, guess }
}

function logIn(server: TestServer, username: string, password = PASSWORD) {
  return ask(server, 'POST /login', { body: { username, password } })
}

/** How often somebody was refused or delayed by a limit, as `/metrics` says. */
async function countOf(server: TestServer, limit: string): Promise<number> {
  const metrics = await (await server.get('/metrics')).text()
  const line = metrics.split('\n').find((each) => each.startsWith(`belvedere_limited_total{limit="${limit}"}`))
  return Number(line?.split(' ')[1] ?? 0)
}

/** Sends a sign-in whose client goes away without reading the answer. */
function sendLogin(server: TestServer): ClientRequest {
  const sent = request(`${server.url}/login`, { method: 'POST', headers: { 'content-type': 'application/json' } })
  // It is cut off by the test.
  sent.on('error', () => {})
  sent.end(JSON.stringify({ username: 'nobody', password: PASSWORD }))
  return sent
}

describe('an attempt to sign in that has to wait', () => {
  it('is answered late rather than refused', async () => {
    const { server, clock, guess } = await punished()
    const answer = guess()
    await until(async () => (await countOf(server, TRIES)) === 1, 'it waits')
    clock.advance(1000)
    expect(await answer).toMatchObject(refused(401, 'Wrong username or password'))
  })

  it('does not keep who has signed in from there before', async () => {
    const { server, guess } = await punished()
    const waiting = guess()
    await until(async () => (await countOf(server, TRIES)) === 1, 'it waits')
    expect((await logIn(server, 'admin')).status).toBe(200)
    // A shutdown does not wait for it.
    await server.close()
    expect(await waiting).toMatchObject(refused(503, 'The server is going down.'))
  })

  it('is one of a few; others are refused, and it gives its place back when its client is gone', async () => {
    const { server, guess } = await punished({ [PER_ADDRESS]: 2 })
    const sent = [sendLogin(server), sendLogin(server)]
    await until(async () => (await countOf(server, TRIES)) === 2, 'they wait')
    const full = await guess()
    expect(full).toMatchObject(refused(429, expect.stringContaining('(limits.login_waiting_per_address)')))
    expect(full.headers['retry-after']).toBe('1')
    expect(await countOf(server, PER_ADDRESS)).toBe(1)
    sent[0]?.destroy()
    // As soon as the server has noticed, another may wait.
    await until(async () => {
      const before = await countOf(server, PER_ADDRESS)
      sent.push(sendLogin(server))
      const waits = async () => (await countOf(server, TRIES)) === 3
      await until(async () => (await waits()) || (await countOf(server, PER_ADDRESS)) > before, 'its answer')
      return waits()
    }, 'another waits')
    for (const each of sent) each.destroy()
  })
})

it('a session that exchanges its refresh token again and again is refused, and stays valid', async () => {
  const { server } = await startHouse({ config: { 'limits.refreshes_per_minute': 3 } })
  let pair = pairOf(await must(server, 'POST /login', { body: { username: 'admin', password: PASSWORD } }))
  const refresh = () => ask(server, 'POST /refresh', { body: { refresh_token: pair.refresh } })
  for (let n = 0; n < 3; n++) pair = pairOf((await refresh()).body)
  const { status, headers, body } = await refresh()
  expect([status, body]).toEqual([429, { detail: expect.stringContaining('(limits.refreshes_per_minute)') }])
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  expect((await ask(server, 'GET /account/sessions', { token: pair.access })).status).toBe(200)
  expect(await countOf(server, 'limits.refreshes_per_minute')).toBe(1)
})

it('a user may have so much written a minute, in whichever way, and others have their own', async () => {
  const limit = 'limits.account_writes_per_minute'
  const clock = new ManualClock()
  const { server, admin, add } = await startHouse({ clock, config: { [limit]: 5 } })
  const { access, refresh } = await add('eva')
  const body = { username: 'eva', password: PASSWORD }
  const writes: [call: string, asking: Asking][] = [
    ['POST /login', { body }],
    ['POST /session', { body }],
    ['PUT /account/preferences', { token: access, body: { size: 'small' } }],
    ['POST /refresh', { body: { refresh_token: refresh } }],
  ]
  for (const [call, asking] of writes)
    expect([call, (await ask(server, call, asking)).status < 300]).toEqual([call, true])
  for (const [call, asking] of writes.slice(0, 3))
    expect(await ask(server, call, asking)).toMatchObject(refused(429, expect.stringContaining(`(${limit})`)))
  const passwords = { old_password: PASSWORD, new_password: 'another password' }
  expect(await ask(server, 'PUT /account/password', { token: access, body: passwords })).toMatchObject(
    refused(429, expect.stringContaining(`(${limit})`)),
  )
  // What was refused is as it was, and reading it is not limited.
  expect((await ask(server, 'GET /account/sessions', { token: access })).body.sessions).toHaveLength(3)
  await must(server, 'PUT /account/preferences', { token: admin, body: {} })
  clock.advance(60_000)
  await must(server, 'POST /login', { body })
})
