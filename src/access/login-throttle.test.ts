import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { CHEAP_PASSWORDS } from '../../test/support/passwords.ts'
import { sharedUseOf } from '../../test/support/shared-use.ts'
import { until } from '../../test/support/until.ts'
import { Refusal } from '../core/errors.ts'
import { type LoginAttempt, LoginThrottle, type LoginThrottleRules, type VerifyPassword } from './login-throttle.ts'
import { type HashRequester, PasswordHasher } from './password-hasher.ts'

const HOME = '192.0.2.1'
const ANN = 1
const BEN = 2
const TRIES = 'limits.login_tries'

/** A verification that takes no time. */
const answering =
  (isRight: boolean): VerifyPassword =>
  async (_requester, gate) => {
    if (!gate.mayStart()) return undefined
    gate.verified(isRight)
    return isRight
  }

/** A throttle with three free tries that refuses what has to wait, unless the rules say otherwise. */
function start(rules: Partial<LoginThrottleRules> = {}) {
  const clock = new ManualClock()
  const limits: string[] = []
  const all = { freeTries: 3, longestWait: 900_000, longestDelay: 0, delayed: { max: 100, share: 5 }, ...rules }
  const throttle = new LoginThrottle(all, clock, { limited: (limit) => limits.push(limit) })
  const attempt = (isRight: boolean, userId: number | undefined, address: string, more: Partial<LoginAttempt> = {}) =>
    throttle.run({ userId, address, ...more }, answering(isRight))
  /** The wait in seconds that the next attempt is refused with; 0 if there is none. It is verified by nobody. */
  const waitOf = async (userId: number | undefined, address: string): Promise<number> => {
    const unverified = new Error('it may be verified')
    const error = await throttle.run({ userId, address }, () => Promise.reject(unverified)).catch((thrown) => thrown)
    return error === unverified ? 0 : secondsOf(error)
  }
  /** Fails repeatedly, each time as soon as it is allowed to. @returns the wait in seconds after each failure */
  const failTimes = async (times: number, userId: number | undefined, address: string) => {
    const waits = []
    for (let n = 0; n < times; n++) {
      clock.advance((await waitOf(userId, address)) * 1000)
      expect(await attempt(false, userId, address)).toBe(false)
      waits.push(await waitOf(userId, address))
    }
    return waits
  }
  return { clock, throttle, limits, attempt, waitOf, failTimes }
}

/** Every promise has settled that can, since nothing here waits for anything but the clock. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

function secondsOf(error: unknown): number {
  if (!(error instanceof Refusal && error.code === 'limited')) throw error
  expect(error.message).toBe(`Too many wrong passwords (${TRIES}); try again in ${error.retryAfter} s.`)
  expect(error.limit).toBe(TRIES)
  return error.retryAfter ?? Number.NaN
}

describe('the wait after wrong passwords', () => {
  it('begins after a few, and is then twice as long each time, up to the longest', async () => {
    expect(await start().failTimes(8, ANN, HOME)).toEqual([0, 0, 0, 1, 2, 4, 8, 16])
    const { failTimes } = start({ longestWait: 100_000 })
    expect(await failTimes(12, ANN, HOME)).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 100, 100])
  })

  it('is over when it is, and not a moment before', async () => {
    const { clock, waitOf, failTimes } = start()
    await failTimes(6, ANN, HOME)
    clock.advance(3999)
    expect(await waitOf(ANN, HOME)).toBe(1)
    clock.advance(1)
    expect(await waitOf(ANN, HOME)).toBe(0)
  })

  it('is that of the address, whatever name comes next, known or not', async () => {
    const { failTimes, waitOf } = start()
    for (const userId of [ANN, undefined, BEN]) await failTimes(1, userId, HOME)
    expect(await failTimes(2, undefined, HOME)).toEqual([1, 2])
    expect(await waitOf(ANN, HOME)).toBe(2)
  })

  it('is never that of who is guessed at, from wherever others guess', async () => {
    const { failTimes, waitOf } = start()
    for (let i = 0; i < 30; i++) await failTimes(8, ANN, `198.51.100.${i}`)
    expect(await waitOf(ANN, HOME)).toBe(0)
  })

  it('is not for who signed in from there before, and whose own password was not guessed', async () => {
    const { attempt, failTimes, waitOf } = start()
    expect(await attempt(true, ANN, HOME)).toBe(true)
    await failTimes(8, BEN, HOME)
    expect([await waitOf(BEN, HOME), await waitOf(undefined, HOME), await waitOf(ANN, HOME)]).toEqual([16, 16, 0])
    // Guesses at ann's own password from there count, for her and for the address.
    expect(await failTimes(5, ANN, HOME)).toEqual([0, 0, 0, 1, 2])
    expect(await waitOf(BEN, HOME)).toBeGreaterThan(16)
  })

  it('is not for who is signed in, wherever, until they are wrong themselves', async () => {
    const { attempt, failTimes } = start()
    await failTimes(8, BEN, HOME)
    const again = (isRight: boolean) => attempt(isRight, ANN, HOME, { isSignedIn: true })
    for (let n = 0; n < 4; n++) expect(await again(false)).toBe(false)
    await expect(again(true)).rejects.toMatchObject({ retryAfter: 1 })
  })

  it('is forgotten for a user at home whose password was right, and not for the address', async () => {
    const { clock, attempt, failTimes, waitOf } = start()
    await attempt(true, ANN, HOME)
    expect(await failTimes(4, ANN, HOME)).toEqual([0, 0, 0, 1])
    clock.advance(1000)
    expect(await attempt(true, ANN, HOME)).toBe(true)
    expect(await failTimes(3, ANN, HOME)).toEqual([0, 0, 0])
    // Signing in to an account of one's own must not buy tries at other accounts.
    expect(await waitOf(BEN, HOME)).toBe(8)
  })

  it('is forgotten after an hour', async () => {
    const { clock, failTimes } = start()
    await failTimes(8, ANN, HOME)
    clock.advance(3_599_999)
    expect(await failTimes(1, ANN, HOME)).toEqual([32])
    clock.advance(3_600_000)
    expect(await failTimes(4, ANN, HOME)).toEqual([0, 0, 0, 1])
  })

  it('is that of a whole IPv6 network', async () => {
    const { failTimes } = start()
    const waits = []
    for (let i = 1; i < 6; i++) waits.push(...(await failTimes(1, ANN, `2001:db8::${i}`)))
    expect(waits).toEqual([0, 0, 0, 1, 2])
    expect(await failTimes(1, ANN, '2001:db8:0:1::1')).toEqual([0])
  })

  it('is remembered of the last who failed, however many there are', async () => {
    const { attempt, failTimes, waitOf } = start()
    await failTimes(4, ANN, HOME)
    for (let i = 0; i < 19_999; i++) await attempt(false, ANN, `address ${i}`)
    expect(await waitOf(ANN, HOME)).toBe(1)
    // The oldest are forgotten: its memory is bounded.
    await attempt(false, ANN, 'one more')
    expect(await waitOf(ANN, HOME)).toBe(0)
  })
})

describe('an attempt that has to wait', () => {
  /** Three wrong passwords were free; the next attempts have to wait. */
  async function punished(rules: Partial<LoginThrottleRules> = {}) {
    const house = start({ longestDelay: 30_000, ...rules })
    for (let n = 0; n < 4; n++) await house.attempt(false, ANN, HOME)
    /** Starts an attempt. Resolves when it waits; `answer` is its result. */
    const delayed = async (isRight: boolean, more: Partial<LoginAttempt> = {}) => {
      const before = house.limits.length
      const answer = house.attempt(isRight, ANN, HOME, more)
      // A refusal is for the test to look at, later.
      answer.catch(() => {})
      await until(() => house.limits.length > before, 'it waits')
      return { answer }
    }
    return { ...house, delayed }
  }

  it('is answered when its wait is over, and is counted as delayed', async () => {
    const { clock, delayed, limits } = await punished()
    const { answer } = await delayed(true)
    let isAnswered = false
    void answer.then(() => {
      isAnswered = true
    })
    clock.advance(999)
    await settled()
    expect(isAnswered).toBe(false)
    clock.advance(1)
    expect(await answer).toBe(true)
    expect(limits).toEqual([TRIES])
  })

  it('is refused if it would be answered too late, and says when to try again', async () => {
    const { clock, attempt, waitOf, delayed } = await punished({ longestDelay: 4000 })
    for (const seconds of [1, 2, 4]) {
      const { answer } = await delayed(false)
      clock.advance(seconds * 1000)
      expect(await answer).toBe(false)
    }
    expect(await waitOf(ANN, HOME)).toBe(8)
    clock.advance(8000)
    expect(await attempt(true, ANN, HOME)).toBe(true)
  })

  it('waits for those before it as well, and is refused once that takes too long', async () => {
    const { clock, delayed } = await punished({ longestDelay: 3000 })
    const first = await delayed(false)
    const second = await delayed(false)
    const third = await delayed(true)
    clock.advance(1000)
    expect(await first.answer).toBe(false)
    await settled()
    clock.advance(2000)
    expect(await second.answer).toBe(false)
    // It has waited for three seconds, and would have to wait four more.
    await expect(third.answer).rejects.toMatchObject({ limit: TRIES, retryAfter: 4 })
  })

  it('is refused when as many wait as may, of its address or of all', async () => {
    const { attempt, delayed } = await punished({ delayed: { max: 3, share: 2 } })
    await delayed(true)
    await delayed(true)
    await expect(attempt(true, ANN, HOME)).rejects.toMatchObject({
      limit: 'limits.login_waiting_per_address',
      retryAfter: 1,
      message:
        'Too many attempts are waiting after wrong passwords (limits.login_waiting_per_address); try again in 1 s.',
    })
    for (let n = 0; n < 4; n++) await attempt(false, ANN, '198.51.100.1')
    const more = [1, 2].map(() => attempt(true, ANN, '198.51.100.1'))
    for (const each of more) each.catch(() => {})
    await expect(more[1]).rejects.toMatchObject({ limit: 'limits.login_waiting' })
  })

  it('gives its place to another when its client is gone', async () => {
    const { clock, delayed } = await punished({ delayed: { max: 1, share: 1 } })
    const gone = new AbortController()
    const { answer } = await delayed(true, { signal: gone.signal })
    gone.abort(new Error('gone'))
    await expect(answer).rejects.toThrow('gone')
    const next = await delayed(true)
    clock.advance(1000)
    expect(await next.answer).toBe(true)
  })
})

it('attempts at the same time are verified one after another, each after the wait for the one before', async () => {
  const { throttle, limits } = start({ longestDelay: 30_000, delayed: { max: 100, share: 2 } })
  const passwords = new PasswordHasher({ max: 1000, share: 100 }, CHEAP_PASSWORDS)
  const attempts = Array.from({ length: 30 }, () =>
    throttle.run({ userId: undefined, address: HOME }, (requester, gate) =>
      passwords.verify(undefined, 'x', requester, gate),
    ),
  )
  let wrong = 0
  let refused = 0
  for (const attempt of attempts)
    attempt.then(
      () => wrong++,
      () => refused++,
    )
  await until(() => wrong + refused === 28, 'all but those that wait are answered')
  // Three are free, and the fourth earns the first wait.
  expect([wrong, refused, limits]).toEqual([4, 24, [TRIES, TRIES]])
})

describe('a place among those whose password is checked', () => {
  /** The requester that an attempt is verified for. */
  const requesterOf = async (throttle: LoginThrottle, attempt: LoginAttempt) => {
    const requesters: HashRequester[] = []
    await throttle.run(attempt, async (requester) => {
      requesters.push(requester)
      return true
    })
    return requesters[0]
  }

  it('is that of the user wherever they are at home or signed in, and else that of the address', async () => {
    const { throttle, attempt } = start()
    const homes = Array.from({ length: 10 }, (_, n) => `198.51.100.${n}`)
    for (const address of homes) await attempt(true, ANN, address)
    const known = { client: 'user:1', isKnown: true, isPrivileged: false }
    for (const address of homes) expect(await requesterOf(throttle, { userId: ANN, address })).toMatchObject(known)
    expect(await requesterOf(throttle, { userId: ANN, address: HOME, isSignedIn: true })).toMatchObject(known)
    for (const userId of [ANN, undefined])
      expect(await requesterOf(throttle, { userId, address: HOME })).toMatchObject({ client: HOME, isKnown: false })
  })

  it('is kept for admins at home or signed in, not for whoever calls themselves an admin', async () => {
    const { throttle, attempt } = start()
    await attempt(true, ANN, HOME)
    const isPrivileged = async (more: Omit<LoginAttempt, 'userId'>) =>
      (await requesterOf(throttle, { userId: ANN, ...more }))?.isPrivileged
    expect(await isPrivileged({ address: HOME, isAdmin: true })).toBe(true)
    expect(await isPrivileged({ address: HOME })).toBe(false)
    expect(await isPrivileged({ address: '198.51.100.1', isAdmin: true })).toBe(false)
    expect(await isPrivileged({ address: '198.51.100.1', isAdmin: true, isSignedIn: true })).toBe(true)
  })
})

it('wrong passwords at another server count here too', async () => {
  const clock = new ManualClock()
  const rules = { freeTries: 3, longestWait: 900_000, longestDelay: 0, delayed: { max: 100, share: 5 } }
  const servers = sharedUseOf(3).map((shared) => new LoginThrottle(rules, clock, { limited() {} }, shared))
  const attempts = servers.map((throttle) => () => throttle.run({ userId: ANN, address: HOME }, answering(false)))
  for (const attempt of [...attempts, attempts[0]]) expect(await attempt?.()).toBe(false)
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow('try again in 1 s')
  clock.advance(1000)
  expect(await attempts[1]?.()).toBe(false)
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow('try again in 2 s')
})
