import { describe, expect, it, vi } from 'vitest'
import { SqlAccountStore } from '../../src/store/sql/account-store.ts'
import {
  ask,
  closedFor,
  login,
  must,
  openSockets,
  refused,
  signInOnPage,
  startHouse,
  textOf,
} from '../support/accounts.ts'
import { PASSWORD } from '../support/people.ts'
import { until } from '../support/until.ts'

/*
 * On a full or broken disk somebody must still be shut out: what takes a right away is in force first, and stored as
 * soon as it can be.
 */

const FULL = 'database or disk is full'
const IN_FORCE = refused(503, `In force now, not yet stored: a restart would undo it (${FULL}).`)

/** A house with the user "nora", and a database that fails to take anything away until it is repaired. */
async function withFullDisk(role = 'user') {
  const house = await startHouse()
  await house.server.publish('North', 'gate')
  const nora = await house.add('nora', role)
  const byAdmin = (call: string, body?: object) => ask(house.server, call, { token: house.admin, body })
  const fill = () => {
    const failure = Object.assign(new Error(FULL), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
    vi.spyOn(SqlAccountStore.prototype, 'revoke').mockRejectedValue(failure)
  }
  return { ...house, nora, byAdmin, fill }
}

describe('on a full disk', () => {
  it.each([
    ['disabled', 'PUT /set_user_active_status', { is_active: false }, 'this account was disabled'],
    ['demoted', 'PUT /users/nora/role', { role: 'guest' }, 'the role of this account was changed'],
    ['removed', 'POST /delete_user', {}, 'this account was removed'],
    [
      'given another password',
      'PUT /update_password',
      { new_password: 'x' },
      'the password of this account was changed',
    ],
    ['given fewer sites', 'PUT /users/nora/labels', { labels: [] }, 'the sites of this account were changed'],
  ])(
    'somebody is %s nevertheless, their sockets are closed, and they stay out once it is stored',
    async (what, call, body, reason) => {
      const { server, nora, byAdmin, fill } = await withFullDisk()
      const sockets = await openSockets(server, nora.access)
      fill()
      expect(await byAdmin(call, { username: 'nora', ...body })).toMatchObject(IN_FORCE)
      expect(await sockets.closings).toEqual(closedFor(reason))
      const labels = await ask(server, 'GET /labels', { token: nora.access })
      expect(labels).toMatchObject(
        what === 'given fewer sites' ? { status: 200, body: { labels: [] } } : { status: 401 },
      )
      expect(await ask(server, 'GET /readyz')).toMatchObject(refused(503, expect.stringContaining(FULL)))
      vi.restoreAllMocks()
      await until(async () => (await ask(server, 'GET /readyz')).status === 200, 'ready again')
      expect((await ask(server, 'GET /labels', { token: nora.access })).status).toBe(labels.status)
    },
  )

  it('keys and links are revoked nevertheless', async () => {
    const { server, byAdmin, fill } = await withFullDisk()
    const made = await byAdmin('POST /keys', { name: 'k', scope: 'view' })
    const [key, id] = [textOf(made.body, 'key'), textOf(made.body, 'id')]
    const shared = { name: 'l', streams: [{ label: 'North' }], expires_at: Date.now() + 60_000 }
    const link = (await byAdmin('POST /links', shared)).body
    const sockets = await openSockets(server, key)
    fill()
    expect(await byAdmin(`DELETE /keys/${id}`)).toMatchObject(IN_FORCE)
    expect(await byAdmin(`DELETE /links/${textOf(link, 'id')}`)).toMatchObject(IN_FORCE)
    expect(await sockets.closings).toEqual(closedFor('this key was revoked'))
    for (const token of [key, textOf(link, 'token')])
      expect((await ask(server, 'GET /streams', { token })).status).toBe(401)
  })

  it('people sign out nevertheless, and the browser forgets its cookie', async () => {
    const { server, nora, fill } = await withFullDisk()
    const cookie = await signInOnPage(server, 'nora')
    const other = await login(server, 'nora')
    fill()
    const headers = { cookie, origin: server.url }
    const signedOut = await ask(server, 'DELETE /session', { headers })
    expect(signedOut).toMatchObject(IN_FORCE)
    expect(String(signedOut.headers['set-cookie'])).toContain('Max-Age=0')
    expect((await ask(server, 'GET /account/sessions', { headers })).status).toBe(401)
    expect(await ask(server, 'POST /logout', { token: other.access })).toMatchObject(IN_FORCE)
    expect(await ask(server, 'DELETE /account/sessions', { token: nora.access })).toMatchObject(IN_FORCE)
    for (const { access } of [other, nora])
      expect((await ask(server, 'GET /labels', { token: access })).status).toBe(401)
  })

  it('nobody gets a right, and the answer says that nothing was changed', async () => {
    const { server, byAdmin, fill } = await withFullDisk()
    fill()
    await byAdmin('PUT /set_user_active_status', { username: 'nora', is_active: false })
    const nothing = refused(503, `Nothing was changed: what was taken away before is not stored yet (${FULL}).`)
    expect(await byAdmin('PUT /set_user_active_status', { username: 'nora', is_active: true })).toMatchObject(nothing)
    expect(await byAdmin('POST /add_user', { username: 'eve', password: PASSWORD })).toMatchObject(nothing)
    expect(await byAdmin('POST /keys', { name: 'k', scope: 'admin' })).toMatchObject(nothing)
    const body = { username: 'nora', password: PASSWORD }
    expect(await ask(server, 'POST /login', { body })).toMatchObject(refused(403, 'User account is inactive'))
  })

  it('the audit trail says that it is not stored yet', async () => {
    const { server, admin, byAdmin, fill } = await withFullDisk()
    fill()
    await byAdmin('PUT /set_user_active_status', { username: 'nora', is_active: false })
    const { entries } = await must(server, 'GET /audit?action=user.active', { token: admin })
    expect(entries).toMatchObject([{ who: 'admin', target: 'nora', detail: 'disabled, not yet stored' }])
  })
})
