import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { ask, closedFor, listOf, login, must, openSockets, refused, startHouse, textOf } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { KEY } from '../support/server.ts'

/*
 * What a user has made outlives them unless somebody says otherwise: `GET /users/{username}/credentials` and the field
 * `revoke_credentials`.
 */

/** A house with an admin "ada" who has made a key, another with that key, and a link with the other. */
async function start(clock: Clock = systemClock) {
  const house = await startHouse({ clock })
  const { server, admin } = house
  await server.publish('North', 'gate')
  const ada = await house.add('ada', 'admin')
  const make = async (token: string, name: string) => {
    const made = await must(server, 'POST /keys', { token, body: { name, scope: 'admin' } })
    return { key: textOf(made, 'key'), listed: { id: made.id, name, scope: 'admin', created_by: made.created_by } }
  }
  const first = await make(ada.access, 'first')
  const second = await make(first.key, 'second')
  const shared = { name: 'visit', streams: [{ label: 'North' }], expires_at: clock.now() + 60_000 }
  const link = await must(server, 'POST /links', { token: second.key, body: shared })
  const of = async (username: string) =>
    (await ask(server, `GET /users/${username}/credentials`, { token: admin })).body
  const opens = async () => {
    const tokens = [first.key, second.key, textOf(link, 'token')]
    const statuses = await Promise.all(tokens.map((token) => ask(server, 'GET /streams', { token })))
    return statuses.map(({ status }) => status)
  }
  return { ...house, ada, make, first, second, of, opens }
}

describe('GET /users/{username}/credentials', () => {
  it('lists what a user has made, also with a key of theirs and a key made with that, without the secrets', async () => {
    const { of, first, second } = await start()
    const credentials = await of('ada')
    expect(credentials).toMatchObject({ keys: [first.listed, second.listed], links: [{ name: 'visit' }] })
    expect(JSON.stringify(credentials)).not.toMatch(/bv[ks]_/)
    expect(await of('admin')).toEqual({ keys: [], links: [] })
  })

  it('follows the user, not the name', async () => {
    const { server, admin, of, first, second } = await start()
    const names = { old_username: 'ada', new_username: 'adele' }
    await must(server, 'PUT /update_username', { token: admin, body: names })
    await must(server, 'POST /add_user', { token: admin, body: { username: 'ada', password: PASSWORD, role: 'admin' } })
    expect(await of('ada')).toEqual({ keys: [], links: [] })
    expect(await of('adele')).toMatchObject({ keys: [first.listed, second.listed] })
  })

  it('leaves out what has been revoked or has expired', async () => {
    const clock = new ManualClock()
    const { server, admin, ada, of, first } = await start(clock)
    const expires_at = clock.now() + 60_000
    await must(server, 'POST /keys', { token: ada.access, body: { name: 'short', scope: 'view', expires_at } })
    await must(server, `DELETE /keys/${textOf(first.listed, 'id')}`, { token: admin })
    const names = async (what: string) => listOf(await of('ada'), what).map(({ name }) => name)
    expect([await names('keys'), await names('links')]).toEqual([['second', 'short'], ['visit']])
    clock.advance(60_000)
    expect([await names('keys'), await names('links')]).toEqual([['second'], []])
  })

  it('is for admins, and about users', async () => {
    const { server, admin, add } = await start()
    const call = 'GET /users/ada/credentials'
    for (const token of [KEY, (await add('nora')).access])
      expect(await ask(server, call, { token })).toMatchObject(refused(403, 'Admin role required.'))
    const nobody = await ask(server, 'GET /users/nobody/credentials', { token: admin })
    expect(nobody).toMatchObject(refused(404, 'There is no user "nobody".'))
  })
})

describe('what a user has made', () => {
  const CALLS: [what: string, call: string, body: object][] = [
    ['removed', 'POST /delete_user', {}],
    ['disabled', 'PUT /set_user_active_status', { is_active: false }],
    ['demoted', 'PUT /users/ada/role', { role: 'user' }],
    ['given another password', 'PUT /update_password', { new_password: 'x' }],
  ]

  it.each(CALLS)('ends with the user who is %s, if that is asked for', async (_what, call, body) => {
    const { server, admin, first, opens } = await start()
    const sockets = await openSockets(server, first.key)
    await must(server, call, { token: admin, body: { username: 'ada', ...body, revoke_credentials: true } })
    expect(await sockets.closings).toEqual(closedFor('this key was revoked'))
    expect(await opens()).toEqual([401, 401, 401])
    const { entries } = await must(server, 'GET /audit?limit=10', { token: admin })
    for (const [action, target] of [
      ['key.revoke', 'first'],
      ['key.revoke', 'second'],
      ['link.revoke', 'visit'],
    ])
      expect(entries).toContainEqual(expect.objectContaining({ action, target, who: 'admin' }))
  })

  it.each(CALLS)('lives on when the user is %s, if it is not asked for', async (_what, call, body) => {
    const { server, admin, opens } = await start()
    await must(server, call, { token: admin, body: { username: 'ada', ...body } })
    expect(await opens()).toEqual([200, 200, 200])
  })

  it('ends as well when the user is given a higher role or enabled with that wish', async () => {
    const { server, admin, opens } = await start()
    const body = { is_active: true, username: 'ada', revoke_credentials: true }
    await must(server, 'PUT /set_user_active_status', { token: admin, body })
    expect(await opens()).toEqual([401, 401, 401])
    expect((await login(server, 'ada')).access).toEqual(expect.any(String))
  })
})
