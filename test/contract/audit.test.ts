import { describe, expect, it } from 'vitest'
import { ask, listOf, login, must, refused, signInOnPage, startHouse } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock, START } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import type { Fields, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What the trail holds, the oldest first, without what differs each time. */
async function trail(server: TestServer, token: string, query = 'limit=500'): Promise<Fields[]> {
  const entries = listOf(await must(server, `GET /audit?${query}`, { token }), 'entries')
  return entries.reverse().map(({ id: _id, at: _at, ...entry }) => entry)
}

const entry = (action: string, more: object = {}) => ({
  who: 'admin',
  action,
  target: '',
  address: '127.0.0.1',
  outcome: 'ok',
  detail: '',
  count: 1,
  ...more,
})

describe('GET /audit', () => {
  it('says who did what, to what, from where and when', async () => {
    const before = Date.now()
    const { server, admin, add } = await startHouse()
    await add('nora')
    const body = { username: 'nora' }
    const call = (route: string, more: object) => must(server, route, { token: admin, body: { ...body, ...more } })
    await call('PUT /users/nora/labels', { labels: ['South', 'North'] })
    await call('PUT /users/nora/role', { role: 'guest' })
    await call('PUT /update_password', { new_password: 'x' })
    await call('PUT /set_user_active_status', { is_active: false })
    await call('PUT /set_user_active_status', { is_active: true })
    await call('PUT /update_username', { old_username: 'nora', new_username: 'n' })
    await call('POST /delete_user', { username: 'n' })
    const key = await call('POST /keys', { name: 'recorder', scope: 'publish', labels: ['North', 'S*'] })
    await must(server, `DELETE /keys/${key.id}`, { token: admin })
    const link = await call('POST /links', {
      name: 'visit',
      streams: [{ label: 'North', key: 'gate' }, { label: 'South' }],
      expires_at: Date.UTC(2030, 0, 1),
    })
    await must(server, `DELETE /links/${link.id}`, { token: admin })
    await must(server, 'POST /api/config', { token: admin, body: { config: [] } })
    const cookie = await signInOnPage(server, 'admin')
    await must(server, 'DELETE /session', { headers: { cookie, origin: server.url } })
    expect(await trail(server, admin)).toEqual([
      entry('user.add', { who: 'first start', target: 'admin', address: 'this machine', detail: 'admin' }),
      entry('session.open', { detail: 'tokens' }),
      entry('user.add', { target: 'nora', detail: 'user' }),
      entry('session.open', { who: 'nora', detail: 'tokens' }),
      entry('user.labels', { target: 'nora', detail: 'North, South' }),
      entry('user.role', { target: 'nora', detail: 'guest' }),
      entry('user.password', { target: 'nora' }),
      entry('user.active', { target: 'nora', detail: 'disabled' }),
      entry('user.active', { target: 'nora', detail: 'enabled' }),
      entry('user.rename', { target: 'nora', detail: 'to n' }),
      entry('user.remove', { target: 'n' }),
      entry('key.add', { target: 'recorder', detail: 'publish on North, S*' }),
      entry('key.revoke', { target: 'recorder' }),
      entry('link.add', { target: 'visit', detail: 'North/gate, South/* until 2030-01-01T00:00:00.000Z' }),
      entry('link.revoke', { target: 'visit' }),
      entry('config.change', { target: 'cameras', detail: '0 added, 0 removed, 0 kept' }),
      entry('session.open', { detail: 'page' }),
      entry('session.close'),
    ])
    const { entries } = await must(server, 'GET /audit', { token: admin })
    for (const { at } of listOf({ entries }, 'entries')) {
      expect(at).toBeGreaterThanOrEqual(before)
      expect(at).toBeLessThanOrEqual(Date.now())
    }
  })

  it('holds what was refused and what failed, without what it showed', async () => {
    const { server, admin, add } = await startHouse()
    const { access, refresh } = await add('nora')
    await ask(server, 'POST /login', { body: { username: 'nora', password: 'a-wrong-password' } })
    await ask(server, 'POST /session', { body: { username: 'nobody', password: 'a-wrong-password' } })
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'nora', is_active: false } })
    await ask(server, 'POST /login', { body: { username: 'nora', password: PASSWORD } })
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'nora', is_active: true } })
    await ask(server, `GET /users?token=${access}`)
    const pair = await login(server, 'nora')
    await ask(server, `GET /users?token=${pair.access}`)
    await ask(server, 'GET /streams/South/gate/snapshot', { token: pair.access })
    await (await TestSocket.open(`${server.socketUrl('/ws/stream/South/gate')}?token=${pair.access}`)).closed
    await ask(server, 'POST /keys', { body: { name: 'x', scope: 'admin' } })
    await must(server, 'POST /refresh', { body: { refresh_token: pair.refresh } })
    await ask(server, 'POST /refresh', { body: { refresh_token: pair.refresh } })
    const bad = (await trail(server, admin)).filter(({ outcome }) => outcome !== 'ok')
    const failed = { outcome: 'failed', detail: 'Wrong username or password' }
    const refusedTo = (who: string, target: string, detail: unknown = expect.any(String)) =>
      entry('request', { who, target, outcome: 'refused', detail })
    expect(bad).toEqual([
      entry('session.open', { who: 'nora', ...failed }),
      entry('session.open', { who: 'nobody', ...failed }),
      entry('session.open', { who: 'nora', outcome: 'refused', detail: 'User account is inactive' }),
      refusedTo('somebody', 'GET /users'),
      refusedTo('nora', 'GET /users', 'Admin role required.'),
      refusedTo('nora', 'GET /streams/South/gate/snapshot', expect.stringContaining('South/gate')),
      refusedTo('nora', 'socket /ws/stream/South/gate', expect.stringContaining('South')),
      refusedTo('somebody who has not signed in', 'POST /keys'),
      entry('token.reuse', { who: 'nora', outcome: 'refused', detail: expect.stringContaining('used again') }),
    ])
    const all = JSON.stringify(await trail(server, admin))
    for (const secret of ['a-wrong-password', PASSWORD, access, refresh, pair.access, pair.refresh])
      expect(all).not.toContain(secret)
  })

  it('tells addresses as a trusted proxy does, and nobody else', async () => {
    for (const [trusted, address] of [
      ['127.0.0.1', '203.0.113.9'],
      ['10.0.0.1', '127.0.0.1'],
    ] as const) {
      const { server, admin } = await startHouse({ config: { 'http.trusted_proxies': trusted } })
      const headers = { 'x-forwarded-for': '203.0.113.9' }
      await must(server, 'POST /keys', { token: admin, headers, body: { name: 'x', scope: 'view' } })
      await ask(server, 'GET /keys', { headers })
      await ask(server, 'POST /login', { headers, body: { username: 'nobody', password: 'x' } })
      expect((await trail(server, admin)).slice(-3)).toMatchObject([
        { action: 'key.add', address },
        { action: 'request', target: 'GET /keys', address },
        { action: 'session.open', who: 'nobody', address },
      ])
    }
  })

  it('gives a page at a time, and what fits', async () => {
    const { server, admin, add } = await startHouse()
    for (const name of ['a', 'b', 'c']) await add(name)
    const page = async (query: string) => {
      const { entries, more } = await must(server, `GET /audit?${query}`, { token: admin })
      return { entries: listOf({ entries }, 'entries'), more }
    }
    const { entries: all, more } = await page('limit=500')
    expect([all.length, more]).toEqual([8, false])
    const ids = all.map(({ id }) => Number(id))
    expect(ids).toEqual(ids.toSorted((a, b) => b - a))
    const seen: number[] = []
    for (let before = '', isMore = true; isMore; ) {
      const next = await page(`limit=3${before}`)
      seen.push(...next.entries.map(({ id }) => Number(id)))
      before = `&before=${seen.at(-1)}`
      isMore = next.more === true
    }
    expect(seen).toEqual(ids)
    expect((await page('limit=8')).more).toBe(false)
    expect((await page('limit=7')).more).toBe(true)
    expect((await page('action=user.add')).entries.map(({ target }) => target)).toEqual(['c', 'b', 'a', 'admin'])
    expect((await page('action=session.open&who=b')).entries).toMatchObject([{ who: 'b', action: 'session.open' }])
    expect(await page('who=nobody')).toEqual({ entries: [], more: false })
    for (const query of ['limit=0', 'limit=501', 'limit=x', 'before=x'])
      expect([query, await ask(server, `GET /audit?${query}`, { token: admin })]).toMatchObject([query, refused(422)])
  })

  it('counts what is the same, and writes down only so much of a flood', async () => {
    const clock = new ManualClock()
    const { server, admin } = await startHouse({ clock, config: { 'limits.refusals_per_s': 1000 } })
    for (let n = 0; n < 5; n++) await ask(server, 'GET /streams', { token: 'wrong' })
    const refusals = async () => (await trail(server, admin)).filter(({ outcome }) => outcome === 'refused')
    expect(await refusals()).toMatchObject([{ action: 'request', target: 'GET /streams', count: 5 }])
    for (let n = 0; n < 400; n++) await ask(server, `GET /streams/flood/${n}/snapshot`, { token: 'wrong' })
    const flood = await refusals()
    expect(flood.reduce((sum, { count }) => sum + Number(count), 0)).toBe(405)
    expect(flood.length).toBeLessThanOrEqual(301)
    expect(flood.at(-1)).toMatchObject({ who: '', target: '', count: expect.any(Number) })
    // What is allowed is written down all the while.
    await must(server, 'POST /keys', { token: admin, body: { name: 'meanwhile', scope: 'view' } })
    expect((await trail(server, admin)).at(-1)).toMatchObject({ action: 'key.add', target: 'meanwhile' })
    clock.advance(60_000)
    await ask(server, 'GET /streams/after/it/snapshot', { token: 'wrong' })
    expect((await refusals()).at(-1)).toMatchObject({ target: 'GET /streams/after/it/snapshot' })
  })

  it('is there again when the server is, and forgets after 90 days', async () => {
    const data_dir = temporaryFolder()
    const clock = new ManualClock()
    const { server } = await startHouse({ clock, config: { data_dir } })
    await server.close()
    const again = await startHouse({ clock, config: { data_dir } })
    expect((await trail(again.server, again.admin)).map(({ action }) => action)).toEqual([
      'user.add',
      'session.open',
      'session.open',
    ])
    await again.server.close()
    clock.advance(90 * DAY + 1)
    const later = await startHouse({ clock, config: { data_dir } })
    expect(await trail(later.server, later.admin)).toHaveLength(4)
    await later.server.close()
    const { server: last } = await startHouse({ clock, config: { data_dir } })
    clock.advance(HOUR)
    const { access: admin } = await login(last, 'admin')
    const times = async () => listOf(await must(last, 'GET /audit', { token: admin }), 'entries').map(({ at }) => at)
    await until(async () => (await times()).length === 3, 'what is older than 90 days is gone')
    expect(await times()).toEqual([HOUR, 0, 0].map((passed) => START + 90 * DAY + 1 + passed))
  })
})
