import { describe, expect, it } from 'vitest'
import { ALLOWED, STORE_KINDS, type StoreKind } from '../../test/support/store-kinds.ts'
import type { ApiKey, NewUser, Revocation, Session, ShareLink } from '../core/account-store.ts'

const NORA: NewUser = {
  username: 'nora',
  passwordHash: '$argon2id$…',
  role: 'user',
  isActive: true,
  labels: ['East', 'North'],
  createdAt: 1000,
  validFrom: 0,
}

const sessionOf = (userId: number, more: Partial<Session> = {}): Session => ({
  id: 'session',
  userId,
  cookieHash: undefined,
  createdAt: 1000,
  lastUsedAt: 1000,
  expiresAt: 9000,
  address: '192.0.2.1',
  agent: 'a "test"; drop table users --',
  ...more,
})

const KEY: ApiKey = {
  id: 'key',
  name: 'Gate 3',
  hash: 'hash of a key',
  scope: 'view',
  labels: ['North*', '工地'],
  createdAt: 1000,
  createdBy: 'admin',
  ownerId: 1,
  expiresAt: undefined,
  lastUsedAt: undefined,
}

const LINK: ShareLink = {
  id: 'link',
  name: 'visit',
  hash: 'hash of a link',
  streams: [{ label: 'North', key: 'gate' }, { label: 'a/b' }],
  showsMetadata: false,
  createdAt: 1000,
  createdBy: 'admin',
  ownerId: 1,
  expiresAt: 9000,
  lastUsedAt: undefined,
}

async function withNora(kind: StoreKind) {
  const { accounts: store } = await kind.open()
  const nora = await store.addUser(NORA, ALLOWED)
  if (!nora) throw new Error('nora was not added')
  return { store, nora }
}

describe.each(STORE_KINDS)('the store of accounts, $name', (kind) => {
  it('gives back what it was given', async () => {
    const { store, nora } = await withNora(kind)
    const session = sessionOf(nora.id, { cookieHash: 'hash of a cookie' })
    await store.addSession(session)
    await store.addKey(KEY, ALLOWED)
    await store.addKey({ ...KEY, id: 'other', hash: 'x', expiresAt: 5000, createdAt: 2000 }, ALLOWED)
    await store.addLink(LINK, ALLOWED)
    await store.addSigningKey({ id: 'old', secret: 'a', createdAt: 1 }, ALLOWED)
    await store.addSigningKey({ id: 'new', secret: 'b', createdAt: 2 }, ALLOWED)
    await store.revoke([{ kind: 'token', id: 'token', expiresAt: 9000 }])
    await store.revoke([{ kind: 'token', id: 'token', expiresAt: 9000 }])
    expect(await store.load()).toEqual({
      users: [{ ...nora, lastSeenAt: session.lastUsedAt }],
      sessions: [session],
      keys: [KEY, { ...KEY, id: 'other', hash: 'x', expiresAt: 5000, createdAt: 2000 }],
      links: [LINK],
      signingKeys: [
        { id: 'new', secret: 'b', createdAt: 2 },
        { id: 'old', secret: 'a', createdAt: 1 },
      ],
      revokedTokens: [{ id: 'token', expiresAt: 9000 }],
    })
    await store.revoke([
      { kind: 'key', id: 'key' },
      { kind: 'link', id: 'link' },
      { kind: 'sessions', ids: ['session', 'nothing'], reason: '' },
      { kind: 'sessions', ids: [], reason: '' },
    ])
    expect(await store.load()).toMatchObject({ keys: [{ id: 'other' }], links: [], sessions: [] })
  })

  it('gives the users by their names, whatever language the machine speaks', async () => {
    const { store } = await withNora(kind)
    for (const username of ['Émile', 'adam', 'Zoe', '工地', 'a-b', 'ab'])
      await store.addUser({ ...NORA, username }, ALLOWED)
    const names = (await store.load()).users.map(({ username }) => username)
    expect(names).toEqual(['Zoe', 'a-b', 'ab', 'adam', 'nora', 'Émile', '工地'])
  })

  it('gives no number out again', async () => {
    const { store, nora } = await withNora(kind)
    await store.revoke([{ kind: 'user_removed', userId: nora.id }])
    const again = await store.addUser(NORA, ALLOWED)
    expect(again?.id).toBeGreaterThan(nora.id)
  })

  it('lets nobody have a name that is taken, and changes only what it is told', async () => {
    const { store, nora } = await withNora(kind)
    expect(await store.addUser({ ...NORA, role: 'admin', labels: ['South'] }, ALLOWED)).toBeUndefined()
    const theo = await store.addUser({ ...NORA, username: 'theo', labels: [] }, ALLOWED)
    expect(await store.changeUser(nora.id, { username: 'theo', role: 'admin' }, ALLOWED)).toBe(false)
    expect((await store.load()).users).toEqual([nora, theo])
    expect(await store.changeUser(nora.id, { username: 'nora', labels: ['West'] }, ALLOWED)).toBe(true)
    expect(
      await store.changeUser(nora.id, { isActive: false, validFrom: 5, passwordHash: 'x', role: 'guest' }, ALLOWED),
    ).toBe(true)
    expect(await store.changeUser(nora.id, {}, ALLOWED)).toBe(true)
    const changed = { labels: ['West'], isActive: false, validFrom: 5, passwordHash: 'x', role: 'guest' }
    expect((await store.load()).users).toEqual([{ ...nora, ...changed }, theo])
  })

  it('gives a user the labels of one change, not of two at the same time', async () => {
    const { store, nora } = await withNora(kind)
    const lists = Array.from({ length: 10 }, (_, n) => [`${n}`, `${n}, too`])
    await Promise.all(lists.map((labels) => store.changeUser(nora.id, { labels }, ALLOWED)))
    expect(lists).toContainEqual((await store.load()).users[0]?.labels)
  })

  it('removes with a user all that is theirs', async () => {
    const { store, nora } = await withNora(kind)
    await store.addSession(sessionOf(nora.id), 'refresh')
    await store.setPreferences(nora.id, '{}', ALLOWED)
    await store.revoke([{ kind: 'user_removed', userId: nora.id }])
    expect(await store.load()).toMatchObject({ users: [], sessions: [] })
    expect(await store.sessionOfRefresh('refresh')).toBeUndefined()
    expect(await store.preferences(nora.id)).toBeUndefined()
    await expect(store.addSession(sessionOf(nora.id, { id: 'late' }))).rejects.toThrow(/foreign key/i)
  })

  it('takes away all that it is told, or nothing', async () => {
    const { store, nora } = await withNora(kind)
    await store.addSession(sessionOf(nora.id))
    const { users, sessions } = await store.load()
    // A row that cannot be written.
    const change = { isActive: false, labels: ['twice', 'twice'] }
    const all: Revocation[] = [
      { kind: 'sessions', ids: ['session'], reason: '' },
      { kind: 'user_changed', userId: nora.id, change },
    ]
    await expect(store.revoke(all)).rejects.toThrow(/unique/i)
    expect(await store.load()).toMatchObject({ users, sessions })
    change.labels = ['once']
    expect(await store.revoke(all)).toBe(true)
    expect(await store.revoke(all)).toBe(true)
    expect(await store.load()).toMatchObject({ users: [{ ...users[0], ...change }], sessions: [] })
  })

  it('takes away the keys and links of one user, and nobody else’s', async () => {
    const { store } = await withNora(kind)
    for (const ownerId of [1, 2, undefined]) {
      await store.addKey({ ...KEY, id: `${ownerId}`, hash: `${ownerId}`, ownerId }, ALLOWED)
      await store.addLink({ ...LINK, id: `${ownerId}`, hash: `${ownerId}`, ownerId }, ALLOWED)
    }
    expect(await store.revoke([{ kind: 'credentials', ownerId: 1 }])).toBe(true)
    const { keys, links } = await store.load()
    for (const left of [keys, links]) expect(left.map(({ ownerId }) => ownerId)).toEqual([2, undefined])
  })

  it('keeps the last active admin with all that was to be taken away, but needs none where there was none', async () => {
    const { store, nora } = await withNora(kind)
    const disable = (userId: number): Revocation => ({ kind: 'user_changed', userId, change: { isActive: false } })
    expect(await store.revoke([disable(nora.id)])).toBe(true)
    const [ada, zoe] = [
      await store.addUser({ ...NORA, username: 'ada', role: 'admin' }, ALLOWED),
      await store.addUser({ ...NORA, username: 'zoe', role: 'admin' }, ALLOWED),
    ]
    if (!ada || !zoe) throw new Error('they were not added')
    expect(await store.revoke([disable(ada.id)])).toBe(true)
    await store.addKey({ ...KEY, ownerId: zoe.id }, ALLOWED)
    for (const last of [
      disable(zoe.id),
      { kind: 'user_changed', userId: zoe.id, change: { role: 'guest' } },
      { kind: 'user_removed', userId: zoe.id },
    ] satisfies Revocation[])
      expect(await store.revoke([last, { kind: 'credentials', ownerId: zoe.id }])).toBe(false)
    const { users, keys } = await store.load()
    expect(users).toMatchObject([{ isActive: false }, { isActive: false }, { role: 'admin', isActive: true }])
    expect(keys).toHaveLength(1)
    expect(await store.revoke([{ kind: 'user_changed', userId: zoe.id, change: { passwordHash: 'x' } }])).toBe(true)
  })

  it('replaces the refresh token of a session once, and keeps the current one only', async () => {
    const { store, nora } = await withNora(kind)
    await store.addSession(sessionOf(nora.id), 'first')
    const replace = (id: string, next: string, session = 'session') =>
      store.replaceRefresh(session, id, { id: next, expiresAt: 20_000 })
    expect(await Promise.all([replace('first', 'second'), replace('first', 'other')])).toEqual(['replaced', 'reused'])
    expect((await store.load()).sessions[0]?.expiresAt).toBe(20_000)
    expect(await replace('nothing', 'third')).toBe('reused')
    expect(await replace('second', 'third')).toBe('replaced')
    const known = await Promise.all(['first', 'other', 'second', 'third'].map((id) => store.sessionOfRefresh(id)))
    expect(known).toEqual([undefined, undefined, undefined, 'session'])
    await store.addSession(sessionOf(nora.id, { id: 'another' }), 'its own')
    expect(await replace('third', 'fourth', 'another')).toBe('reused')
    await store.revoke([{ kind: 'sessions', ids: ['session'], reason: '' }])
    expect(await replace('third', 'fourth')).toBe('unknown')
  })

  it('adds a first signing key if there is none', async () => {
    const { store } = await withNora(kind)
    const keys = ['a', 'b'].map((id) => ({ id, secret: 'x', createdAt: 1 }))
    await Promise.all(keys.map((key) => store.addFirstSigningKey(key)))
    expect((await store.load()).signingKeys).toEqual([keys[0]])
  })

  it('notes when something was used', async () => {
    const { store, nora } = await withNora(kind)
    await store.addSession(sessionOf(nora.id))
    await store.addKey(KEY, ALLOWED)
    await store.addLink(LINK, ALLOWED)
    await store.noteUse({
      sessions: [{ id: 'session', userId: nora.id, lastUsedAt: 3000, expiresAt: 12_000 }],
      keys: [{ id: 'key', lastUsedAt: 3001 }],
      links: [
        { id: 'link', lastUsedAt: 3002 },
        { id: 'gone', lastUsedAt: 1 },
      ],
    })
    expect(await store.load()).toMatchObject({
      users: [{ lastSeenAt: 3000 }],
      sessions: [{ lastUsedAt: 3000, expiresAt: 12_000 }],
      keys: [{ lastUsedAt: 3001 }],
      links: [{ lastUsedAt: 3002 }],
    })
  })

  it('forgets what ended before given moments, and secrets whose successor is old enough', async () => {
    const { store, nora } = await withNora(kind)
    await store.addSession(sessionOf(nora.id, { id: 'old', expiresAt: 4999 }), 'old')
    await store.addSession(sessionOf(nora.id, { id: 'new', expiresAt: 5000 }), 'new')
    await store.revoke([{ kind: 'token', id: 'old', expiresAt: 4999 }])
    await store.revoke([{ kind: 'token', id: 'new', expiresAt: 5000 }])
    await store.addLink({ ...LINK, id: 'old', hash: 'x', expiresAt: 2999 }, ALLOWED)
    await store.addLink({ ...LINK, id: 'new', expiresAt: 3000 }, ALLOWED)
    for (const createdAt of [10, 20, 30])
      await store.addSigningKey({ id: `${createdAt}`, secret: 'x', createdAt }, ALLOWED)
    await store.purge({ tokens: 5000, links: 3000, signingKeys: 25 })
    const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id)
    const state = await store.load()
    expect([ids(state.sessions), ids(state.revokedTokens), ids(state.links)]).toEqual([['new'], ['new'], ['new']])
    // Tokens signed with "20" may be valid until "30" is old enough; none signed with "10" are.
    expect(ids(state.signingKeys)).toEqual(['30', '20'])
    expect(await store.sessionOfRefresh('old')).toBeUndefined()
    await store.purge({ tokens: 0, links: 0, signingKeys: 1000 })
    expect(ids((await store.load()).signingKeys)).toEqual(['30'])
  })

  it('keeps the preferences of each user', async () => {
    const { store, nora } = await withNora(kind)
    expect(await store.preferences(nora.id)).toBeUndefined()
    await store.setPreferences(nora.id, '{"a":1}', ALLOWED)
    await store.setPreferences(nora.id, '{"a":2}', ALLOWED)
    expect(await store.preferences(nora.id)).toBe('{"a":2}')
    await expect(store.setPreferences(999, '{}', ALLOWED)).rejects.toThrow(/foreign key/i)
  })
})
