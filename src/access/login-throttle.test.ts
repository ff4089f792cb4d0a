import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { Refusal } from '../core/errors.ts'
import { LoginThrottle } from './login-throttle.ts'

const HOME = '192.0.2.1'

/** A throttle with three free tries. */
function start(longestWait = 900_000) {
  const clock = new ManualClock()
  const throttle = new LoginThrottle({ freeTries: 3, longestWait }, clock)
  const waitOf = (name: string, address: string) => waitAsked(() => throttle.check(name, address))
  /** Fails repeatedly, each time as soon as it is allowed to. @returns the wait in seconds after each failure */
  const failTimes = (times: number, name: string, address: string) =>
    Array.from({ length: times }, () => {
      clock.advance(waitOf(name, address) * 1000)
      throttle.check(name, address)
      throttle.failed(name, address)
      return waitOf(name, address)
    })
  return { clock, throttle, waitOf, failTimes }
}

/** The wait that a refusal asks for, in seconds; 0 if there is none. */
function waitAsked(check: () => void): number {
  try {
    check()
    return 0
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'limited')) throw error
    expect(error.message).toBe(`Too many wrong passwords; try again in ${error.retryAfter} s.`)
    return error.retryAfter ?? Number.NaN
  }
}

describe('the login throttle', () => {
  it('lets somebody mistype a few times, then makes each wait twice as long as the one before', () => {
    expect(start().failTimes(8, 'ann', HOME)).toEqual([0, 0, 0, 1, 2, 4, 8, 16])
  })

  it('lets somebody try again when the wait is over, and not a moment before', () => {
    const { clock, throttle, waitOf, failTimes } = start()
    failTimes(6, 'ann', HOME)
    clock.advance(3999)
    expect(waitOf('ann', HOME)).toBe(1)
    clock.advance(1)
    expect(() => throttle.check('ann', HOME)).not.toThrow()
  })

  it('makes a name wait wherever the next attempt comes from, but no longer than a minute', () => {
    const { failTimes, waitOf } = start()
    const waits = Array.from({ length: 12 }, (_, i) => failTimes(1, 'ann', `192.0.2.${i}`)[0])
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(waitOf('ann', '198.51.100.1')).toBe(60)
    expect(waitOf('ben', '198.51.100.1')).toBe(0)
  })

  it('makes an address wait whatever name it tries next, up to the longest wait', () => {
    const { failTimes, waitOf } = start(100_000)
    const waits = Array.from({ length: 12 }, (_, i) => failTimes(1, `name ${i}`, HOME)[0])
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 100, 100])
    expect(waitOf('ann', HOME)).toBe(100)
    expect(waitOf('ann', '198.51.100.1')).toBe(0)
  })

  it('holds a name to the longest wait as well, if that is under a minute', () => {
    const { failTimes } = start(5000)
    expect(failTimes(9, 'ann', HOME)).toEqual([0, 0, 0, 1, 2, 4, 5, 5, 5])
  })

  it('forgets the failures of a name when its password was right, and not those of the address', () => {
    const { clock, throttle, failTimes, waitOf } = start()
    failTimes(5, 'ann', HOME)
    clock.advance(2000)
    throttle.succeeded('ann', '198.51.100.9')
    expect(failTimes(1, 'ann', '198.51.100.1')).toEqual([0])
    // Logging in to an account of one's own must not buy tries at other accounts.
    expect(failTimes(1, 'ben', HOME)).toEqual([4])
    expect(waitOf('cat', HOME)).toBe(4)
  })

  it('locks nobody out of where they signed in before, however long others guess elsewhere', () => {
    const { throttle, failTimes, waitOf } = start()
    throttle.succeeded('ann', HOME)
    for (let i = 0; i < 20; i++) failTimes(1, 'ann', `198.51.100.${i}`)
    expect(waitOf('ann', '198.51.100.99')).toBe(60)
    expect(waitOf('ann', HOME)).toBe(0)
    // Failures from there make it wait like any other address.
    expect(failTimes(5, 'ann', HOME)).toEqual([0, 0, 0, 1, 2])
    expect(waitOf('ben', HOME)).toBe(2)
  })

  it('forgets what is an hour old', () => {
    const { clock, failTimes } = start()
    failTimes(8, 'ann', HOME)
    clock.advance(3_599_999)
    expect(failTimes(1, 'ann', HOME)).toEqual([32])
    clock.advance(3_600_000)
    expect(failTimes(4, 'ann', HOME)).toEqual([0, 0, 0, 1])
  })

  it('takes all addresses of an IPv6 network for one', () => {
    const { failTimes } = start()
    const waits = Array.from({ length: 5 }, (_, i) => failTimes(1, `name ${i}`, `2001:db8::${i + 1}`)[0])
    expect(waits).toEqual([0, 0, 0, 1, 2])
    expect(failTimes(1, 'ann', '2001:db8:0:1::1')).toEqual([0])
  })

  it('takes a name for no address, and an address for no name', () => {
    const { failTimes, waitOf } = start()
    failTimes(5, HOME, '198.51.100.1')
    expect(waitOf('ann', HOME)).toBe(0)
    failTimes(5, 'ann', 'ben')
    expect(waitOf('ben', HOME)).toBe(0)
  })

  it('keeps in mind who failed of late, however many others fail', () => {
    const { throttle, failTimes, waitOf } = start()
    failTimes(4, 'ann', HOME)
    for (let i = 0; i < 9000; i++) throttle.failed(`name ${i}`, `address ${i}`)
    expect(waitOf('ann', '198.51.100.1')).toBe(1)
    // The oldest are forgotten: its memory is bounded.
    for (let i = 9000; i < 12_000; i++) throttle.failed(`name ${i}`, `address ${i}`)
    expect(waitOf('ann', HOME)).toBe(0)
  })
})
