import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PasswordHasher } from '../../src/access/password-hasher.ts'
import { RequestGuard } from '../../src/http/transport/request-guard.ts'
import { SqlAccountStore } from '../../src/store/sql/account-store.ts'
import { SqlCameraStore } from '../../src/store/sql/camera-store.ts'
import { SqlHubCameraStore } from '../../src/store/sql/hub-camera-store.ts'
import { ask, listOf, must, startHouse, textOf } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { forged, TOKEN_SECRET } from '../support/intruder.ts'
import { PASSWORD } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { type FrameForm, formOf } from '../support/server.ts'
import { until } from '../support/until.ts'

/*
 * A right is asked for where the deed is done, not only when the request came: in between a password may be hashed, or
 * a body be waited for.
 */

/** Holds up the hashing of passwords. */
function holdHashing() {
  const held = Promise.withResolvers<void>()
  const hash = vi.spyOn(PasswordHasher.prototype, 'hash').mockImplementation(async () => {
    await held.promise
    return '$argon2id$of nobody'
  })
  return {
    /** Waits until so many passwords are to be hashed. */
    waiting: (count: number) => until(() => hash.mock.calls.length === count, `${count} passwords to be hashed`),
    release: () => held.resolve(),
  }
}

/** A house with a second admin, "ada", and an admin key of hers. */
async function houseOfAda(options?: Parameters<typeof startHouse>[0]) {
  const house = await startHouse(options)
  const { access } = await house.add('ada', 'admin')
  const made = await must(house.server, 'POST /keys', { token: access, body: { name: 'k', scope: 'admin' } })
  const byAdmin = (call: string, body?: object) => must(house.server, call, { token: house.admin, body })
  return { ...house, ada: access, key: textOf(made, 'key'), keyId: textOf(made, 'id'), byAdmin }
}

type House = Awaited<ReturnType<typeof houseOfAda>>

const LOSSES: [what: string, credential: 'ada' | 'key', lose: (house: House) => Promise<unknown>][] = [
  ['is demoted', 'ada', ({ byAdmin }) => byAdmin('PUT /users/ada/role', { role: 'user' })],
  [
    'is disabled',
    'ada',
    ({ byAdmin }) => byAdmin('PUT /set_user_active_status', { username: 'ada', is_active: false }),
  ],
  ['is removed', 'ada', ({ byAdmin }) => byAdmin('POST /delete_user', { username: 'ada' })],
  ['signs out everywhere', 'ada', ({ server, ada }) => must(server, 'DELETE /account/sessions', { token: ada })],
  ['has a key that is revoked', 'key', ({ byAdmin, keyId }) => byAdmin(`DELETE /keys/${keyId}`)],
]

describe('an admin', () => {
  it.each(LOSSES)('who %s adds nobody more, however many passwords wait to be hashed', async (_what, who, lose) => {
    const house = await houseOfAda()
    const { server, admin } = house
    const hashing = holdHashing()
    const adding = Array.from({ length: 10 }, (_, n) => {
      const body = { username: `evil ${n}`, password: PASSWORD, role: 'admin' }
      return ask(server, 'POST /add_user', { token: house[who], body })
    })
    await hashing.waiting(10)
    await lose(house)
    hashing.release()
    for (const { status } of await Promise.all(adding)) expect(status).toBe(401)
    const users = listOf(await must(server, 'GET /users', { token: admin }), 'users')
    expect(users.filter(({ username }) => String(username).startsWith('evil'))).toEqual([])
  })

  it.each(LOSSES)('who %s changes no password more', async (_what, who, lose) => {
    const house = await houseOfAda()
    const { server } = house
    const hashing = holdHashing()
    const body = { username: 'admin', new_password: 'of the intruder' }
    const changing = ask(server, 'PUT /update_password', { token: house[who], body })
    await hashing.waiting(1)
    await lose(house)
    hashing.release()
    expect((await changing).status).toBe(401)
    expect((await ask(server, 'POST /login', { body: { username: 'admin', password: PASSWORD } })).status).toBe(200)
  })
})

it('somebody who is disabled meanwhile gets no other password of their own', async () => {
  const house = await houseOfAda()
  const { server, ada, byAdmin } = house
  const hashing = holdHashing()
  const body = { old_password: PASSWORD, new_password: 'another password' }
  const changing = ask(server, 'PUT /account/password', { token: ada, body })
  await hashing.waiting(1)
  for (const is_active of [false, true]) await byAdmin('PUT /set_user_active_status', { username: 'ada', is_active })
  hashing.release()
  expect((await changing).status).toBe(401)
  expect((await ask(server, 'POST /login', { body: { username: 'ada', password: PASSWORD } })).status).toBe(200)
})

describe('a change that waits for a locked database', () => {
  const accounts = SqlAccountStore.prototype
  it.each([
    ['POST /add_user', { username: 'evil', password: PASSWORD, role: 'admin' }, () => vi.spyOn(accounts, 'addUser')],
    ['PUT /users/bob/role', { role: 'admin' }, () => vi.spyOn(accounts, 'changeUser')],
    ['PUT /update_username', { old_username: 'bob', new_username: 'evil' }, () => vi.spyOn(accounts, 'changeUser')],
    ['POST /keys', { name: 'evil', scope: 'admin' }, () => vi.spyOn(accounts, 'addKey')],
    [
      'POST /links',
      { name: 'evil', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 },
      () => vi.spyOn(accounts, 'addLink'),
    ],
    ['PUT /account/preferences', { language: 'evil' }, () => vi.spyOn(accounts, 'setPreferences')],
    [
      'POST /api/config',
      [{ video_url: 'rtsp://evil', site: 'evil' }],
      () => vi.spyOn(SqlHubCameraStore.prototype, 'replace'),
    ],
    [
      'POST /cameras',
      { url: 'rtsp://evil', label: 'evil', key: 'evil' },
      () => vi.spyOn(SqlCameraStore.prototype, 'add'),
    ],
  ])('is refused if the right is lost meanwhile, and stores nothing: %s', async (call, body, spyOnStore) => {
    const folder = temporaryFolder()
    const { server, ada, add, byAdmin } = await houseOfAda({ config: { data_dir: folder } })
    await add('bob', 'guest')
    const other = new DatabaseSync(join(folder, 'belvedere.db'))
    onTestFinished(() => other.close())
    // The server itself may be writing at this moment.
    other.exec('pragma busy_timeout = 5000; begin immediate')
    const write = spyOnStore()
    const change = ask(server, call, { token: ada, body })
    await until(() => write.mock.calls.length === 1, 'the change waits for the database')
    const disabled = byAdmin('PUT /set_user_active_status', { username: 'ada', is_active: false })
    const isOut = async () => (await ask(server, 'GET /session', { token: ada })).status === 401
    await until(isOut, 'she has lost her rights')
    other.exec('rollback')
    expect((await change).status).toBe(401)
    await disabled
    const kept = ['users', 'api_keys', 'share_links', 'hub_cameras', 'added_cameras', 'preferences'].map((table) =>
      other.prepare(`select * from ${table}`).all(),
    )
    expect(JSON.stringify(kept)).not.toContain('evil')
    expect(kept[0]).toContainEqual(expect.objectContaining({ username: 'bob', role: 'guest' }))
  })
})

describe('a request whose body comes late', () => {
  const json = (body: unknown) => JSON.stringify(body)
  const form = (fields: FrameForm) => formOf({ ...fields, file: jpeg(16, 8) })

  it.each([
    ['PUT /demo', json({ running: true })],
    ['POST /frames', form({ label: 'North', key: 'gate' })],
    ['POST /api/upload', form({})],
    ['POST /api/config', json([{ video_url: 'rtsp://camera' }])],
    ['POST /api/webhook/door', json({ label: 'North' })],
    ['POST /add_user', json({ username: 'evil', password: PASSWORD })],
    ['PUT /users/admin/role', json({ role: 'guest' })],
    ['POST /keys', json({ name: 'evil', scope: 'admin' })],
    ['POST /links', json({ name: 'evil', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 })],
    ['PUT /account/preferences', json({ language: 'en' })],
  ])('does nothing for somebody who is disabled meanwhile: %s', async (call, body) => {
    // Encodes a form.
    const request = new Request('http://localhost', { method: 'POST', body })
    const bytes = Buffer.from(await request.arrayBuffer())
    const type = typeof body === 'string' ? 'application/json' : request.headers.get('content-type')
    const { server, admin, ada, byAdmin } = await houseOfAda()
    const [identify, authorize] = [
      vi.spyOn(RequestGuard.prototype, 'identify'),
      vi.spyOn(RequestGuard.prototype, 'authorize'),
    ]
    const connection = await RawConnection.open(server.url)
    connection.write(
      `${call} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ada}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    )
    const isLetIn = () => [identify, authorize].some(({ mock }) => mock.settledResults[0]?.type === 'fulfilled')
    await until(isLetIn, 'the request is let in')
    await byAdmin('PUT /set_user_active_status', { username: 'ada', is_active: false })
    connection.write(bytes)
    await until(() => Buffer.from(connection.received).includes('\r\n\r\n'), 'an answer')
    expect(Buffer.from(connection.received).toString()).toMatch(/^HTTP\/1\.1 401 /)
    expect((await must(server, 'GET /demo', { token: admin })).running).toBe(false)
    expect((await must(server, 'GET /streams', { token: admin })).streams).toEqual([])
    expect((await must(server, 'GET /api/config', { token: admin })).config).toEqual([])
    expect((await must(server, 'GET /users', { token: admin })).users).toHaveLength(2)
    expect((await must(server, 'GET /keys', { token: admin })).keys).toHaveLength(1)
    expect((await must(server, 'GET /links', { token: admin })).links).toHaveLength(0)
  })
})

describe('a name that somebody takes over by being renamed', () => {
  it('brings no tokens along that others signed for it before, and ends no session of their own', async () => {
    const { server, admin, add } = await startHouse({ config: { 'tokens.secret': TOKEN_SECRET } })
    const { access } = await add('nora', 'guest')
    await add('theo', 'guest')
    const now = Math.floor(Date.now() / 1000)
    const signedElsewhere = (username: string, iat: number) =>
      forged(
        { alg: 'HS256', typ: 'JWT' },
        { subject: { username, role: 'guest', jti: `${username} ${iat}` }, type: 'access', iat, exp: now + 3600 },
        TOKEN_SECRET,
      )
    const status = async (token: string) => (await ask(server, 'GET /labels', { token })).status
    const [ofTheo, ofNora] = [signedElsewhere('theo', now - 3), signedElsewhere('nora', now - 3)]
    expect([await status(ofTheo), await status(ofNora)]).toEqual([200, 200])
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'theo' } })
    const names = { old_username: 'nora', new_username: 'theo' }
    await must(server, 'PUT /update_username', { token: admin, body: names })
    expect([await status(ofTheo), await status(ofNora)]).toEqual([401, 401])
    expect(await status(signedElsewhere('theo', now + 5))).toBe(200)
    expect((await must(server, 'GET /session', { token: access })).name).toBe('theo')
  })
})
