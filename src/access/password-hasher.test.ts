import { describe, expect, it } from 'vitest'
import { CHEAP_PASSWORDS } from '../../test/support/passwords.ts'
import { type HashRequester, MAX_PASSWORD_BYTES, PasswordHasher } from './password-hasher.ts'

const ROOM = { max: 1000, share: 100 }
const ANN: HashRequester = { client: 'ann', isKnown: false, isPrivileged: false }

it('the hash of a password costs what is asked for, and 19 MiB and two passes where nothing is', async () => {
  expect(await new PasswordHasher(ROOM).hash('password', ANN)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await new PasswordHasher(ROOM, CHEAP_PASSWORDS).hash('password', ANN)).toMatch(
    /^\$argon2id\$v=19\$m=8,t=1,p=1\$/,
  )
})

describe('a password', () => {
  it('is known again, and no other for it', async () => {
    const passwords = new PasswordHasher(ROOM)
    const kept = await passwords.hash('correct horse 密码', ANN)
    expect(await passwords.hash('correct horse 密码', ANN)).not.toBe(kept)
    expect(await passwords.verify(kept, 'correct horse 密码', ANN)).toBe(true)
    for (const wrong of ['correct horse', 'Correct horse 密码', '', 'correct horse 密码 '])
      expect(await passwords.verify(kept, wrong, ANN)).toBe(false)
  })

  it('of nobody is never right', async () => {
    const passwords = new PasswordHasher(ROOM)
    for (const password of ['', 'password', 'x'.repeat(2000)])
      expect(await passwords.verify(undefined, password, ANN)).toBe(false)
  })

  it('is neither empty nor longer than a limit', async () => {
    const passwords = new PasswordHasher(ROOM)
    await expect(passwords.hash('', ANN)).rejects.toMatchObject({ code: 'invalid' })
    await expect(passwords.hash('é'.repeat(MAX_PASSWORD_BYTES / 2 + 1), ANN)).rejects.toMatchObject({ code: 'invalid' })
    const longest = 'x'.repeat(MAX_PASSWORD_BYTES)
    const kept = await passwords.hash(longest, ANN)
    expect(await passwords.verify(kept, longest, ANN)).toBe(true)
    expect(await passwords.verify(kept, `${longest}x`, ANN)).toBe(false)
  })
})

describe('checking passwords', () => {
  /** Lets all of them ask at once. @returns the clients in the order in which they were served */
  const order = async (
    passwords: PasswordHasher,
    requests: readonly (readonly [client: string, isKnown: boolean])[],
  ) => {
    const served: string[] = []
    const verify = ([client, isKnown]: readonly [string, boolean]) =>
      passwords.verify(
        undefined,
        'x',
        { client, isKnown, isPrivileged: false },
        { mayStart: () => !!served.push(client), verified() {} },
      )
    await Promise.all(requests.map(verify))
    return served
  }

  it('asks in its turn whether it may start, and tells in its turn what came of it', async () => {
    const passwords = new PasswordHasher(ROOM, CHEAP_PASSWORDS)
    const kept = await passwords.hash('password', ANN)
    let isLocked = false
    const lock = () => {
      isLocked = true
    }
    const gate = { mayStart: () => !isLocked, verified: lock }
    const all = Array.from({ length: 4 }, () => passwords.verify(kept, 'password', ANN, gate))
    expect(await Promise.all(all)).toEqual([true, undefined, undefined, undefined])
    isLocked = false
    expect(await passwords.verify(kept, 'password', ANN, gate)).toBe(true)
  })

  it('serves clients in turn, and gives every second turn to those who are known', async () => {
    const passwords = new PasswordHasher(ROOM, CHEAP_PASSWORDS)
    const many = (isKnown: boolean) =>
      Array.from({ length: 40 }, (_, n) => [`${isKnown ? 'known' : 'many'} ${n % 4}`, isKnown] as const)
    const few = [
      ['few', false],
      ['admin', true],
      ['few', false],
      ['admin', true],
    ] as const
    // Neither a crowd of strangers nor one of people who are known keeps anybody waiting.
    for (const crowd of [many(false), many(true), [...many(false), ...many(true)]]) {
      const served = await order(passwords, [...crowd, ...few])
      expect(served).toHaveLength(crowd.length + few.length)
      for (const client of ['few', 'admin']) expect(served.lastIndexOf(client), client).toBeLessThan(30)
    }
  })

  it('lets so many wait of one client, so many of all, and keeps room for admins only', async () => {
    const passwords = new PasswordHasher({ max: 7, share: 3, reserved: 2 }, CHEAP_PASSWORDS)
    const gate = { mayStart: () => false, verified() {} }
    const verify = (client: string, isPrivileged = false) =>
      passwords.verify(undefined, 'x', { client, isKnown: true, isPrivileged }, gate)
    const waiting = [...['a', 'a', 'a', 'b', 'b'].map((client) => verify(client))]
    const full = { code: 'limited', retryAfter: 5 }
    await Promise.all([
      expect(verify('a')).rejects.toMatchObject({ ...full, limit: 'limits.hashing_per_client' }),
      expect(verify('c')).rejects.toMatchObject({ ...full, limit: 'limits.hashing' }),
      expect(verify('admin', true)).resolves.toBeUndefined(),
    ])
    await Promise.all(waiting)
    expect(await verify('c')).toBeUndefined()
  })

  it('gives the place of a client that is gone to another', async () => {
    const passwords = new PasswordHasher({ max: 2, share: 2 }, CHEAP_PASSWORDS)
    const gone = new AbortController()
    const running = passwords.verify(undefined, 'x', ANN)
    const leaving = passwords.verify(undefined, 'x', { ...ANN, signal: gone.signal })
    gone.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    expect(await Promise.all([running, passwords.verify(undefined, 'x', ANN)])).toEqual([false, false])
    await expect(passwords.verify(undefined, 'x', { ...ANN, signal: gone.signal })).rejects.toThrow('gone')
    expect(await passwords.verify(undefined, 'x', ANN)).toBe(false)
  })
})
