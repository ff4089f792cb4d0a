import { describe, expect, it } from 'vitest'
import { CHEAP_PASSWORDS } from '../../test/support/passwords.ts'
import { MAX_PASSWORD_BYTES, PasswordHasher } from './password-hasher.ts'

const nothing = () => {}

it('the hash of a password costs what is asked for, and 19 MiB and two passes where nothing is', async () => {
  expect(await new PasswordHasher().hash('password')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await new PasswordHasher(CHEAP_PASSWORDS).hash('password')).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/)
})

describe('a password', () => {
  it('is known again, and no other for it', async () => {
    const passwords = new PasswordHasher()
    const kept = await passwords.hash('correct horse 密码')
    expect(await passwords.hash('correct horse 密码')).not.toBe(kept)
    expect(await passwords.verify(kept, 'correct horse 密码', nothing)).toBe(true)
    for (const wrong of ['correct horse', 'Correct horse 密码', '', 'correct horse 密码 '])
      expect(await passwords.verify(kept, wrong, nothing)).toBe(false)
  })

  it('of nobody is never right', async () => {
    const passwords = new PasswordHasher()
    for (const password of ['', 'password', 'x'.repeat(2000)])
      expect(await passwords.verify(undefined, password, nothing)).toBe(false)
  })

  it('is neither empty nor longer than a limit', async () => {
    const passwords = new PasswordHasher()
    await expect(passwords.hash('')).rejects.toMatchObject({ code: 'invalid' })
    await expect(passwords.hash('é'.repeat(MAX_PASSWORD_BYTES / 2 + 1))).rejects.toMatchObject({ code: 'invalid' })
    const longest = 'x'.repeat(MAX_PASSWORD_BYTES)
    const kept = await passwords.hash(longest)
    expect(await passwords.verify(kept, longest, nothing)).toBe(true)
    expect(await passwords.verify(kept, `${longest}x`, nothing)).toBe(false)
  })
})

describe('checking passwords', () => {
  it('asks again when it is its turn whether it may be checked', async () => {
    const passwords = new PasswordHasher()
    const kept = await passwords.hash('password')
    let isLocked = false
    const check = () => {
      if (isLocked) throw new Error('locked')
    }
    // Whichever of the running ones finishes first, the last has not started by then.
    const lock = (isRight: boolean) => {
      isLocked = true
      return isRight
    }
    const all = Array.from({ length: 6 }, () => passwords.verify(kept, 'password', check).then(lock))
    const settled = await Promise.allSettled(all)
    expect(settled).toContainEqual({ status: 'fulfilled', value: true })
    expect(settled.at(-1)).toMatchObject({ status: 'rejected', reason: new Error('locked') })
    // A request that was refused does not block the queue.
    isLocked = false
    expect(await passwords.verify(kept, 'password', check)).toBe(true)
  })

  it('lets only so many wait', async () => {
    const passwords = new PasswordHasher()
    let isOver = false
    const check = () => {
      if (isOver) throw new Error('over')
    }
    const asked = Array.from({ length: 103 }, () => passwords.verify(undefined, 'x', check))
    await expect(asked.at(-1)).rejects.toMatchObject({ code: 'limited', retryAfter: 5 })
    isOver = true
    const settled = await Promise.allSettled(asked)
    expect(settled.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(100)
  })
})
