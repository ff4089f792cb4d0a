import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { SESSION } from '../../test/support/sample-session.ts'
import type { AccountState, ApiKey, Revocation, ShareLink, User } from '../core/account-store.ts'
import { AccountIndex } from './account-index.ts'
import { ActivePrincipals } from './active-principals.ts'
import { credentialOfKey, credentialOfLink, credentialOfSession, principalIdOfUser } from './credential-ids.ts'
import { enforce, revokeLost, staleSessions } from './revocation.ts'

const USER: User = {
  id: 1,
  username: 'nora',
  passwordHash: 'a hash',
  role: 'user',
  isActive: true,
  labels: ['North'],
  createdAt: 0,
  validFrom: 0,
  renamedAt: undefined,
  lastSeenAt: undefined,
}
const MADE = { name: 'made', createdAt: 0, createdBy: 'admin', ownerId: 1, expiresAt: 1000, lastUsedAt: undefined }
const KEY: ApiKey = { ...MADE, id: 'k', hash: 'of the key', scope: 'view', labels: ['*'] }
const LINK: ShareLink = { ...MADE, id: 'l', hash: 'of the link', streams: [{ label: 'North' }], showsMetadata: false }
const BEFORE: AccountState = {
  users: [USER],
  sessions: [SESSION],
  keys: [KEY],
  links: [LINK],
  signingKeys: [],
  revokedTokens: [],
}

/** The reason for which each principal was ended, by credential. */
function endedBy(change: (principals: ActivePrincipals) => void) {
  const principals = new ActivePrincipals(new ManualClock())
  const of = (credential: string, id = credential) =>
    principals.of(credential, () => ({ id, name: id, kind: 'user', grants: [] }))
  const living = {
    session: of(credentialOfSession('s'), principalIdOfUser(1)),
    key: of(credentialOfKey('k')),
    link: of(credentialOfLink('l')),
    other: of(credentialOfSession('of another'), principalIdOfUser(2)),
  }
  change(principals)
  const ended = Object.entries(living).filter(([, { ended }]) => ended.aborted)
  return Object.fromEntries(
    ended.map(
      ([
        name,
        {
          ended: { reason },
        },
      ]) => [name, reason],
    ),
  )
}

/** The same for a change by others. */
const endedByChange = (change: Partial<AccountState>) =>
  endedBy((principals) => revokeLost(new AccountIndex(BEFORE), new AccountIndex({ ...BEFORE, ...change }), principals))

it('nobody is cut off by a change that takes nothing away', () => {
  expect(endedByChange({})).toEqual({})
  expect(
    endedByChange({
      users: [
        { ...USER, lastSeenAt: 5 },
        { ...USER, id: 3, username: 'eve' },
      ],
    }),
  ).toEqual({})
  expect(endedByChange({ sessions: [{ ...SESSION, lastUsedAt: 5, expiresAt: 2000 }] })).toEqual({})
})

it.each([
  [{ users: [] }, { session: 'this account was removed' }],
  [{ users: [{ ...USER, isActive: false }] }, { session: 'this account was disabled' }],
  [{ users: [{ ...USER, passwordHash: 'another' }] }, { session: 'the password of this account was changed' }],
  [{ users: [{ ...USER, role: 'guest' as const }] }, { session: 'the role of this account was changed' }],
  [{ users: [{ ...USER, username: 'norah' }] }, { session: 'this account was renamed' }],
  [{ users: [{ ...USER, validFrom: 5 }] }, { session: 'signed out' }],
  [{ users: [{ ...USER, labels: [] }] }, { session: 'the sites of this account were changed' }],
  [{ sessions: [] }, { session: 'signed out' }],
  [{ keys: [] }, { key: 'this key was revoked' }],
  [{ links: [] }, { link: 'this link was revoked' }],
])('who has lost something is cut off with the reason, and nobody else: %j', (change, expected) => {
  expect(endedByChange(change)).toEqual(expected)
})

const changed = (change: Partial<User>): Revocation => ({ kind: 'user_changed', userId: 1, change })

it.each<[Revocation, Record<string, string>]>([
  [changed({ isActive: false }), { session: 'this account was disabled' }],
  [changed({ role: 'guest' }), { session: 'the role of this account was changed' }],
  [changed({ labels: [] }), { session: 'the sites of this account were changed' }],
  [changed({ labels: ['North'] }), {}],
  [{ kind: 'user_removed', userId: 1 }, { session: 'this account was removed' }],
  [{ kind: 'user_removed', userId: 99 }, {}],
  [{ kind: 'sessions', ids: ['s'], reason: 'a reason' }, { session: 'a reason' }],
  [{ kind: 'key', id: 'k' }, { key: 'this key was revoked' }],
  [{ kind: 'link', id: 'l' }, { link: 'this link was revoked' }],
  [
    { kind: 'credentials', ownerId: 1 },
    { key: 'this key was revoked', link: 'this link was revoked' },
  ],
  [{ kind: 'credentials', ownerId: 2 }, {}],
])('what is taken away is in force at once, and however often: %j', (revocation, expected) => {
  const accounts = new AccountIndex(BEFORE)
  const twice = (principals: ActivePrincipals) => {
    for (let n = 0; n < 2; n++) enforce(revocation, accounts, principals)
  }
  expect(endedBy(twice)).toEqual(expected)
})

it('a session is stale that was opened by what had been changed already', () => {
  const before = new AccountIndex(BEFORE)
  expect(staleSessions(before, new AccountIndex(BEFORE))).toEqual([])
  expect(staleSessions(before, new AccountIndex({ ...BEFORE, users: [{ ...USER, validFrom: 5 }] }))).toEqual(['s'])
  expect(staleSessions(before, new AccountIndex({ ...BEFORE, users: [], sessions: [] }))).toEqual([])
})
