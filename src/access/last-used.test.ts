import { expect, it } from 'vitest'
import { SESSION } from '../../test/support/sample-session.ts'
import type { ApiKey, LastUse, ShareLink } from '../core/account-store.ts'
import { AccountIndex } from './account-index.ts'
import { isUseNew, LastUsed } from './last-used.ts'

const MADE = { name: 'made', createdAt: 0, createdBy: 'admin', ownerId: 1, expiresAt: 1000, lastUsedAt: 0 }
const KEY: ApiKey = { ...MADE, id: 'k', hash: 'of the key', scope: 'view', labels: ['*'] }
const LINK: ShareLink = { ...MADE, id: 'l', hash: 'of the link', streams: [{ label: 'North' }], showsMetadata: false }

it('what was used is written once, as it is when it is written', async () => {
  const written: LastUse[] = []
  const lastUsed = new LastUsed({ noteUse: async (used) => void written.push(used) })
  const now = { sessions: [{ ...SESSION, expiresAt: 2000 }], keys: [KEY], links: [LINK] }
  await lastUsed.write(now)
  lastUsed.session(SESSION)
  lastUsed.session(SESSION)
  lastUsed.link(LINK)
  await lastUsed.write(now)
  await lastUsed.write(now)
  expect(written).toEqual([{ sessions: now.sessions, keys: [], links: [LINK] }])
})

it('what was used but is not written yet stays so when the accounts are loaded again, unless they are gone', () => {
  const lastUsed = new LastUsed({ noteUse: async () => {} })
  const state = { users: [], signingKeys: [], revokedTokens: [] }
  const other = { ...KEY, id: 'other', hash: 'of another key' }
  const before = new AccountIndex({
    ...state,
    sessions: [{ ...SESSION, lastUsedAt: 500, expiresAt: 2000 }],
    keys: [
      { ...KEY, lastUsedAt: 500 },
      { ...other, lastUsedAt: 500 },
    ],
    links: [{ ...LINK, lastUsedAt: 500 }],
  })
  lastUsed.session(SESSION)
  lastUsed.key(KEY)
  lastUsed.link(LINK)
  const after = new AccountIndex({
    ...state,
    sessions: [SESSION],
    keys: [{ ...KEY, name: 'changed' }, other],
    links: [],
  })
  lastUsed.carryOver(before, after)
  expect(after.sessions).toEqual([{ ...SESSION, lastUsedAt: 500, expiresAt: 2000 }])
  expect(after.keys).toEqual([{ ...KEY, name: 'changed', lastUsedAt: 500 }, other])
  expect(after.links).toEqual([])
})

it('a use is new a second after the last one', () => {
  expect([isUseNew(undefined, 5000), isUseNew(4001, 5000), isUseNew(4000, 5000)]).toEqual([true, false, true])
})
