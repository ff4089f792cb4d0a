import { generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { ManualClock, START } from '../../test/support/manual-clock.ts'
import type { SigningKey } from '../core/account-store.ts'
import { Tokens } from './tokens.ts'

const NORA = { username: 'nora', role: 'user' } as const
const KEY_A = { id: 'a', secret: 'secret-a'.repeat(4), createdAt: 1 }
const KEY_B = { id: 'b', secret: 'secret-b'.repeat(4), createdAt: 2 }
const NOW = START / 1000
const UNKNOWN = 'This token or key is not known here.'

function makeTokens(keys: readonly SigningKey[] = [KEY_A]) {
  const clock = new ManualClock()
  return { clock, tokens: new Tokens({ accessLife: 60_000, refreshLife: 600_000, leeway: 10_000 }, clock, () => keys) }
}

const bytes = ({ secret }: SigningKey) => new TextEncoder().encode(secret)

/** A valid access token, with the changes of a test. */
function claims(more: object = {}) {
  const subject = { username: 'nora', role: 'user', jti: 'session.1' }
  return { subject, type: 'access', iat: NOW, exp: NOW + 60, jti: 'x', ...more }
}

const SESSION = 'a-session-of-22-letter'

describe('an access token', () => {
  it('says whose it is', async () => {
    const { tokens } = makeTokens()
    const read = await tokens.readAccess(await tokens.access(NORA, SESSION))
    expect(read).toEqual({
      username: 'nora',
      role: 'user',
      id: expect.stringMatching(/^a-session-of-22-letter\.[\w-]{12}$/),
      sessionId: SESSION,
      issuedAt: START,
      expiresAt: START + 60_000 + 10_000,
    })
  })

  it('that was good is good no longer once it has expired, or its key is gone', async () => {
    const keys = [KEY_A]
    const { tokens, clock } = makeTokens(keys)
    const token = await tokens.access(NORA, SESSION)
    for (let i = 0; i < 2; i++) await tokens.readAccess(token)
    keys[0] = KEY_B
    await expect(tokens.readAccess(token)).rejects.toThrow(UNKNOWN)
    keys.push(KEY_A)
    await tokens.readAccess(token)
    clock.advance(70_000)
    await expect(tokens.readAccess(token)).rejects.toThrow('This token has expired.')
  })

  it('of another machine belongs to no session, whatever its id is like', async () => {
    const { tokens } = makeTokens()
    for (const jti of ['plain', '1700000000.12', 'session.1', '.', `${SESSION}.`]) {
      const subject = { username: 'nora', role: 'user', jti }
      const token = await new SignJWT(claims({ subject })).setProtectedHeader({ alg: 'HS256' }).sign(bytes(KEY_A))
      expect(await tokens.readAccess(token)).toMatchObject({ id: jti, sessionId: undefined })
    }
  })

  it('is read with whichever key has signed it, named or not, known by that name or not', async () => {
    const { tokens } = makeTokens([KEY_B, KEY_A])
    for (const key of [KEY_A, KEY_B])
      for (const kid of [key.id, undefined, 'elsewhere']) {
        const header = { alg: 'HS256', ...(kid !== undefined && { kid }) }
        const token = await new SignJWT(claims()).setProtectedHeader(header).sign(bytes(key))
        expect(await tokens.readAccess(token)).toMatchObject({ username: 'nora' })
      }
    const misnamed = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'b' }).sign(bytes(KEY_A))
    await expect(tokens.readAccess(misnamed)).rejects.toThrow(UNKNOWN)
  })

  it('is signed with the newest key', async () => {
    const { tokens } = makeTokens([KEY_B, KEY_A])
    const token = await tokens.access(NORA, SESSION)
    await expect(makeTokens([KEY_A]).tokens.readAccess(token)).rejects.toThrow(UNKNOWN)
    expect(await makeTokens([KEY_B]).tokens.readAccess(token)).toMatchObject({ username: 'nora' })
  })

  it('is good until its time is over, give or take the leeway', async () => {
    const { tokens, clock } = makeTokens()
    const token = await tokens.access(NORA, SESSION)
    clock.advance(69_000)
    await tokens.readAccess(token)
    clock.advance(1000)
    await expect(tokens.readAccess(token)).rejects.toThrow('This token has expired.')
    const future = (ahead: number) =>
      new SignJWT(claims({ iat: NOW + 70 + ahead, exp: NOW + 1000 }))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(bytes(KEY_A))
    await tokens.readAccess(await future(10))
    await expect(tokens.readAccess(await future(11))).rejects.toThrow('from the future')
  })

  it('is not taken unsigned, signed in another way, or without what it must say', async () => {
    const { tokens } = makeTokens()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const sign = (payload: object, alg = 'HS256', key: Parameters<SignJWT['sign']>[0] = bytes(KEY_A)) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key)
    const bad = [
      new UnsecuredJWT(claims()).encode(),
      await sign(claims(), 'RS256', privateKey),
      await sign(claims(), 'HS512', new TextEncoder().encode(KEY_A.secret.repeat(2))),
      await sign(claims({ exp: undefined })),
      await sign(claims({ iat: undefined })),
      await sign(claims({ type: undefined })),
      await sign(claims({ subject: 'nora' })),
      await sign(claims({ subject: null })),
      await sign(claims({ subject: { username: 'nora', role: 'user' } })),
      await sign(claims({ exp: 'never' })),
      '',
      '.',
      'a.b.c',
      'é.é.é',
      'x'.repeat(5000),
    ]
    for (const token of bad) await expect(tokens.readAccess(token), token.slice(0, 40)).rejects.toThrow(UNKNOWN)
    const { token } = await tokens.refresh(NORA, SESSION)
    await expect(tokens.readAccess(token)).rejects.toThrow('This is a refresh token')
  })
})

describe('a refresh token', () => {
  it('says its id, whose session it is, and until when it is good', async () => {
    const { tokens } = makeTokens()
    const { token, id, expiresAt } = await tokens.refresh(NORA, SESSION)
    expect(await tokens.readRefresh(token)).toEqual({ id, sessionId: SESSION })
    expect(expiresAt).toBe(START + 600_000)
  })

  it('that is not good is refused in the contract’s words', async () => {
    const { tokens, clock } = makeTokens()
    const { token } = await tokens.refresh(NORA, SESSION)
    await expect(tokens.readRefresh('')).rejects.toThrow('Refresh token is missing')
    await expect(tokens.readRefresh('x')).rejects.toThrow('Invalid refresh token')
    await expect(tokens.readRefresh(await tokens.access(NORA, SESSION))).rejects.toThrow(
      'Invalid refresh token payload',
    )
    clock.advance(610_000)
    await expect(tokens.readRefresh(token)).rejects.toThrow('Refresh token has expired')
  })
})
