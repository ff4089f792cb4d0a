import { describe, expect, it } from 'vitest'
import type { Account } from './api.ts'
import {
  changesOf,
  draftOf,
  draftProblemsOf,
  locksOut,
  losesRights,
  seesNothing,
  type UserDraft,
} from './user-draft.ts'

const mei: Account = {
  id: 3,
  name: 'mei/林',
  role: 'user',
  isActive: true,
  sites: ['North', 'South'],
  lastSeenAt: undefined,
}

describe('what is wrong with a user', () => {
  it('is a name of blanks, and a new one without a password', () => {
    expect(draftProblemsOf({ ...draftOf(undefined), name: '  ' }, { isNew: true })).toEqual({
      name: 'userNameMissing',
      password: 'passwordMissing',
    })
  })

  it('is a password of fewer than eight characters', () => {
    expect(draftProblemsOf({ ...draftOf(mei), password: '1234567' }, { isNew: false })).toEqual({
      password: 'passwordShort',
    })
    expect(draftProblemsOf({ ...draftOf(mei), password: '12345678' }, { isNew: false })).toEqual({})
  })

  it('is nothing when the password stays what it is', () => {
    expect(draftProblemsOf(draftOf(mei), { isNew: false })).toEqual({})
  })
})

describe('what is asked of the server', () => {
  it('is nothing when nothing was changed', () => {
    expect(changesOf(mei, draftOf(mei))).toEqual([])
    expect(changesOf(mei, { ...draftOf(mei), sites: ['South', 'North'] })).toEqual([])
  })

  it('is one request for each change, by the old name until the last', () => {
    const changes = changesOf(mei, {
      name: ' mei ',
      password: 'correct horse',
      role: 'guest',
      sites: ['North'],
      isActive: false,
    })
    expect(changes.map(({ field, path, body }) => [field, path, body])).toEqual([
      ['role', '/users/mei%2F%E6%9E%97/role', { role: 'guest' }],
      ['sites', '/users/mei%2F%E6%9E%97/labels', { labels: ['North'] }],
      ['isActive', '/set_user_active_status', { username: 'mei/林', is_active: false }],
      ['password', '/update_password', { username: 'mei/林', new_password: 'correct horse' }],
      ['name', '/update_username', { old_username: 'mei/林', new_username: 'mei' }],
    ])
  })

  it('is to revoke what the user has made with the rights that are taken away, and with nothing else', () => {
    const bodies = (some: Partial<UserDraft>) =>
      changesOf(mei, { ...draftOf(mei), ...some }, true).map(({ body }) => body)
    expect(bodies({ role: 'guest' })).toEqual([{ role: 'guest', revoke_credentials: true }])
    expect(bodies({ isActive: false })).toEqual([{ username: mei.name, is_active: false, revoke_credentials: true }])
    expect(bodies({ role: 'admin', sites: [] })).toEqual([{ role: 'admin' }])
  })

  it('leaves the sites of a new admin as they are', () => {
    const changes = changesOf(mei, { ...draftOf(mei), role: 'admin', sites: [] })
    expect(changes.map(({ field }) => field)).toEqual(['role'])
  })
})

it('rights are taken away by a lower role and by disabling, and by nothing else', () => {
  for (const some of [{ role: 'guest' }, { isActive: false }] as const)
    expect(losesRights(mei, { ...draftOf(mei), ...some })).toBe(true)
  for (const some of [{}, { role: 'admin' }, { name: 'x', password: 'x', sites: [] }] as const)
    expect(losesRights(mei, { ...draftOf(mei), ...some })).toBe(false)
  const disabled = { ...mei, isActive: false }
  expect(losesRights(disabled, { ...draftOf(disabled), isActive: true })).toBe(false)
})

it('is only an admin who sees anything without a site', () => {
  const bare = draftOf(undefined)
  expect(seesNothing(bare)).toBe(true)
  expect(seesNothing({ ...bare, sites: ['North'] })).toBe(false)
  expect(seesNothing({ ...bare, role: 'admin' })).toBe(false)
})

describe('an admin', () => {
  const admin: Account = { ...mei, role: 'admin' }

  it('locks themselves out by another role or by being disabled', () => {
    expect(locksOut(admin, { ...draftOf(admin), role: 'model_manager' })).toBe(true)
    expect(locksOut(admin, { ...draftOf(admin), isActive: false })).toBe(true)
    expect(locksOut(admin, { ...draftOf(admin), name: 'other' })).toBe(false)
  })
})
