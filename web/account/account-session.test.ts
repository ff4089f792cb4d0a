import { describe, expect, it } from 'vitest'
import { readSessions } from './account-session.ts'

describe('where somebody is signed in', () => {
  it('is listed with this place first, then by last use', () => {
    const sessions = [
      { id: 'a', last_used_at: 1, address: '10.0.0.1', agent: 'curl/8', current: false },
      { id: 'b', last_used_at: null, created_at: 3, address: '::1', agent: null },
      { id: 7, last_used_at: 2, current: true },
      { last_used_at: 9 },
    ]
    expect(readSessions({ sessions })).toEqual([
      { id: '7', lastUsedAt: 2, address: '', agent: '', isCurrent: true },
      { id: 'b', lastUsedAt: 3, address: '::1', agent: '', isCurrent: false },
      { id: 'a', lastUsedAt: 1, address: '10.0.0.1', agent: 'curl/8', isCurrent: false },
    ])
  })

  it('is no list when the server answers something else', () => {
    for (const answer of [undefined, {}, [], { sessions: 'x' }]) expect(() => readSessions(answer)).toThrow(TypeError)
  })
})
