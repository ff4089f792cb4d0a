import { describe, expect, it } from 'vitest'
import type { User } from '../core/account-store.ts'
import { userTable } from './user-table.ts'

function listed(username: string, more: Partial<User> = {}, lastSeenAt?: number): User {
  return {
    id: 1,
    username,
    passwordHash: '',
    role: 'user',
    isActive: true,
    labels: [],
    createdAt: new Date(2026, 10, 5, 9, 7).getTime(),
    validFrom: 0,
    renamedAt: undefined,
    lastSeenAt,
    ...more,
  }
}

describe('the table of users', () => {
  it('stands in columns, also with signs that are two columns wide', () => {
    const users = [
      listed('bob', { labels: ['door', 'yard'] }, new Date(2026, 10, 21, 16, 0).getTime()),
      listed('王小明', { role: 'model_manager', isActive: false }),
      listed('admin', { role: 'admin', labels: ['door'] }),
    ]
    expect(userTable(users, { isTerminal: false })).toBe(
      [
        'NAME    ROLE           STATE     ADDED             LAST SEEN         SITES',
        'bob     user           active    2026-11-05 09:07  2026-11-21 16:00  door, yard',
        '王小明  model_manager  disabled  2026-11-05 09:07  –                 none',
        'admin   admin          active    2026-11-05 09:07  –                 all',
      ].join('\n'),
    )
  })
})
