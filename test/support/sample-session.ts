import type { Session } from '../../src/core/account-store.ts'

/** A session as the store keeps it, for tests that care about one or two of its fields only. */
export const SESSION: Session = {
  id: 's',
  userId: 1,
  cookieHash: undefined,
  createdAt: 0,
  lastUsedAt: 0,
  expiresAt: 1000,
  address: '192.0.2.1',
  agent: 'a test',
}
