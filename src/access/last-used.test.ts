import { expect, it } from 'vitest'
import { SESSION } from '../../test/support/sample-session.ts'
import type { ApiKey, LastUse, ShareLink } from '../core/account-store.ts'
import { isUseNew, LastUsed } from './last-used.ts'

const MADE = { name: 'made', createdAt: 0, createdBy: 'admin', expiresAt: 1000, lastUsedAt: 0 }
const KEY: ApiKey = { ...MADE, id: 'k', hash: 'of the key', scope: 'view', labels: ['*'] }
const LINK: ShareLink = { ...MADE, id: 'l', hash: 'of the link', streams: [{ label: 'North' }] }

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

it('a use is new a second after the last one', () => {
  expect([isUseNew(undefined, 5000), isUseNew(4001, 5000), isUseNew(4000, 5000)]).toEqual([true, false, true])
})
