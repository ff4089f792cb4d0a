import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ask,
  closedFor,
  closingOf,
  listOf,
  login,
  must,
  openSockets,
  refused,
  SOCKETS,
  signInOnPage,
  startHouse,
  textOf,
  WATCHING,
} from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock, START } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { authorized, formOf, type TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

/** A server whose anonymous visitors may do nothing, and a way to make keys. */
async function start(options: Parameters<typeof startHouse>[0] = {}) {
  const house = await startHouse({ ...options, config: { 'access.anonymous': 'none', ...options.config } })
  const make = async (wanted: object) => {
    const body = await must(house.server, 'POST /keys', { token: house.admin, body: { name: 'a key', ...wanted } })
    return { id: textOf(body, 'id'), key: textOf(body, 'key') }
  }
  return { ...house, make }
}

/** Publishes with a key: the status. */
async function publishStatus(server: TestServer, key: string, label: string): Promise<number> {
  const form = formOf({ label, key: 'gate', file: jpeg(8, 8) })
  return (await server.post(form, authorized(key))).status
}

describe('/keys', () => {
  it('makes a key, shows it once, and lists it without', async () => {
    const { server, admin } = await start()
    const expires_at = Date.now() + 60_000
    const made = await ask(server, 'POST /keys', {
      token: admin,
      body: { name: 'Gate 3 recorder', scope: 'publish', labels: ['North*', 'site-?'], expires_at },
    })
    expect(made.status).toBe(201)
    const { key, ...listed } = made.body
    expect(key).toMatch(/^bvk_[\w-]{40,}$/)
    expect(listed).toEqual({
      id: expect.any(String),
      name: 'Gate 3 recorder',
      scope: 'publish',
      labels: ['North*', 'site-?'],
      created_at: expect.any(Number),
      created_by: 'admin',
      expires_at,
      last_used_at: null,
    })
    const plain = await must(server, 'POST /keys', { token: admin, body: { name: 'plain', scope: 'view' } })
    expect(plain).toMatchObject({ labels: ['*'], expires_at: null })
    const all = await ask(server, 'GET /keys', { token: admin })
    expect(all.body).toEqual({ keys: [listed, expect.objectContaining({ name: 'plain' })] })
    expect(JSON.stringify(all.body)).not.toContain('bvk_')
  })

  it('takes no key that makes no sense', async () => {
    const { server, admin } = await start()
    const good = { name: 'x', scope: 'view' }
    for (const bad of [
      { name: '' },
      { name: undefined },
      { name: 'x'.repeat(201) },
      { scope: 'king' },
      { scope: undefined },
      { labels: [] },
      { labels: [''] },
      { labels: '*' },
      { scope: 'admin', labels: ['North'] },
      { expires_at: Date.now() - 1 },
      { expires_at: Date.now() / 1000 },
      { expires_at: Date.now() * 1000 },
      { expires_at: 'tomorrow' },
    ])
      expect([bad, await ask(server, 'POST /keys', { token: admin, body: { ...good, ...bad } })]).toMatchObject([
        bad,
        refused(422),
      ])
    expect(await must(server, 'GET /keys', { token: admin })).toEqual({ keys: [] })
  })

  it('revokes a key at once, and what it opened', async () => {
    const { server, admin, make } = await start()
    await server.publish('North', 'gate')
    const { id, key } = await make({ scope: 'admin' })
    const other = await openSockets(server, (await make({ scope: 'view' })).key)
    const sockets = await openSockets(server, key, SOCKETS)
    const revoke = () => ask(server, `DELETE /keys/${id}`, { token: admin })
    expect(await revoke()).toMatchObject({ status: 204, body: {} })
    expect(await sockets.closings).toEqual(closedFor('this key was revoked', SOCKETS))
    expect(await other.count()).toBe(WATCHING.length)
    expect(await ask(server, 'GET /streams', { token: key })).toMatchObject(
      refused(401, 'This key is not known here; it may have been revoked.'),
    )
    expect(await closingOf(server, '/ws/frames', key)).toMatchObject({ code: 1008 })
    expect(await revoke()).toMatchObject(refused(404, 'There is no such key.'))
  })

  it('tells when a key was last used', async () => {
    const clock = new ManualClock()
    const { server, admin, make } = await start({ clock })
    const { key } = await make({ scope: 'view' })
    const lastUse = async () => listOf(await must(server, 'GET /keys', { token: admin }), 'keys')[0]?.last_used_at
    expect(await lastUse()).toBeNull()
    await must(server, 'GET /streams', { token: key })
    expect(await lastUse()).toBe(START)
    clock.advance(5000)
    await (await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${key}`)).settled()
    expect(await lastUse()).toBe(START + 5000)
  })
})

describe('a key', () => {
  it('does what its scope says, and nothing else', async () => {
    const { server, make } = await start()
    await server.publish('North', 'gate')
    const { key: publish } = await make({ scope: 'publish' })
    const { key: view } = await make({ scope: 'view' })
    const { key: admin } = await make({ scope: 'admin' })
    const outcomes = async (key: string) => ({
      publish: await publishStatus(server, key, 'North'),
      view: (await ask(server, 'GET /streams', { token: key })).status,
      snapshot: (await server.get(`/streams/North/gate/snapshot?token=${key}`)).status,
      events: (await ask(server, `GET /events?token=${key}`)).status,
      hook: (await ask(server, 'POST /api/webhook/x', { token: key, body: { label: 'North' } })).status,
      users: (await ask(server, `GET /users?token=${key}`)).status,
      account: (await ask(server, 'GET /account/sessions', { token: key })).status,
    })
    const nothing = { publish: 403, view: 403, snapshot: 403, events: 403, hook: 403, users: 403, account: 403 }
    expect(await outcomes(publish)).toEqual({ ...nothing, publish: 200, hook: 200 })
    expect(await outcomes(view)).toEqual({ ...nothing, view: 200, snapshot: 200, events: 200 })
    const all = { publish: 200, view: 200, snapshot: 200, events: 200, hook: 200, users: 200, account: 403 }
    expect(await outcomes(admin)).toEqual(all)
    for (const route of WATCHING) expect((await closingOf(server, route, publish)).code).toBe(1008)
    expect((await closingOf(server, '/ws/frames', view)).code).toBe(1008)
    await openSockets(server, view)
    await openSockets(server, publish, ['/ws/frames'])
    await openSockets(server, admin, SOCKETS)
  })

  it('is good for the labels that fit its patterns', async () => {
    const { server, admin, make } = await start()
    const labels = ['North', 'North 2', 'Northern', 'site-1', 'site-12', 'South']
    for (const label of labels) await server.publish(label, 'gate')
    const patterns = ['North', 'site-?', 'S*th']
    const fitting = ['North', 'South', 'site-1']
    const { key: view } = await make({ scope: 'view', labels: patterns })
    expect((await must(server, 'GET /labels', { token: view })).labels).toEqual(fitting)
    const { key: publish } = await make({ scope: 'publish', labels: patterns })
    for (const label of labels) {
      const isFitting = fitting.includes(label)
      expect([label, await publishStatus(server, publish, label)]).toEqual([label, isFitting ? 200 : 403])
      const { status } = await server.get(`/streams/${label}/gate/snapshot?token=${view}`)
      expect([label, status]).toEqual([label, isFitting ? 200 : 403])
    }
    expect((await ask(server, 'GET /metrics', { token: view })).status).toBe(403)
    // A key for administrators says who it was in the audit trail.
    const { key } = await make({ scope: 'admin', name: 'backup' })
    await must(server, 'POST /add_user', { token: key, body: { username: 'nora', password: PASSWORD } })
    const { entries } = await must(server, 'GET /audit?action=user.add&limit=1', { token: admin })
    expect(entries).toMatchObject([{ who: 'the key "backup"', target: 'nora' }])
  })

  it('ends at its time, with what it opened', async () => {
    const clock = new ManualClock()
    const { server, make } = await start({ clock })
    await server.publish('North', 'gate')
    const { key } = await make({ scope: 'admin', expires_at: START + 60_000 })
    const lasting = await openSockets(server, (await make({ scope: 'view' })).key)
    const sockets = await openSockets(server, key, SOCKETS)
    clock.advance(59_000)
    expect(await sockets.count()).toBe(SOCKETS.length)
    clock.advance(1300)
    expect(await sockets.closings).toEqual(closedFor('its time is over', SOCKETS))
    expect(await ask(server, 'GET /streams', { token: key })).toMatchObject(refused(401, 'This key has expired.'))
    expect(await closingOf(server, '/ws/live', key)).toEqual({ code: 1008, reason: 'This key has expired.' })
    expect(await lasting.count()).toBe(WATCHING.length)
  })

  it('opens nothing when it is cut short, lengthened or shown in another case', async () => {
    const { server, make } = await start()
    const { key } = await make({ scope: 'view' })
    for (const token of [key.slice(0, -1), `${key}x`, key.toUpperCase(), 'bvk_', key.slice(4)])
      expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
  })
})

describe('the database', () => {
  it('holds no password, key, link, cookie or token that anybody could use, and is its owner’s alone', async () => {
    const data_dir = temporaryFolder()
    const { server, admin, make, add } = await start({ config: { data_dir } })
    const pair = await add('nora')
    const cookie = await signInOnPage(server, 'nora')
    const { key } = await make({ scope: 'view' })
    const body = { name: 'x', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 }
    const link = textOf(await must(server, 'POST /links', { token: admin, body }), 'token')
    // Refused ones are written down, and may hold a secret in their address.
    await ask(server, `GET /users?token=${pair.access}`)
    await ask(server, `GET /users?token=${key}`)
    await ask(server, 'GET /streams', { token: `${key}x` })
    await must(server, 'GET /audit', { token: admin })
    const again = await login(server, 'admin')
    const secrets = [PASSWORD, key, link, cookie.split('=')[1] ?? '', admin, pair.access, pair.refresh, again.access]
    const read = () =>
      readdirSync(data_dir)
        .filter((name) => name.startsWith('belvedere.db'))
        .map((name) => readFileSync(join(data_dir, name)))
    const open = read()
    expect(open.length).toBeGreaterThanOrEqual(2)
    await server.close()
    for (const bytes of [...open, ...read()])
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(10)
        // Nor the part of a token or key that makes it one.
        for (const part of [secret, secret.slice(4), secret.split('.').at(-1) ?? ''])
          expect(bytes.includes(part)).toBe(false)
      }
    expect(Buffer.concat(open).includes('$argon2id$')).toBe(true)
  })
})
