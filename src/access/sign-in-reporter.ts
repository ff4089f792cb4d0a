import type { Clock } from '../core/clock.ts'
import type { Counters } from '../core/counters.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import type { Report } from '../core/report.ts'
import type { AuditActor, AuditedAction } from './audit-trail.ts'
import { networkOf } from './client-address.ts'

/** What the reporter needs. */
export interface SignInReporterParts {
  readonly clock: Clock
  readonly counters: Pick<Counters, 'limited'>
  readonly report: Report
  /** How many events there may be in a minute. */
  readonly perMinute: number
}

/**
 * Makes the function that reports refused sign-ins to admins, from the refusals of the audit trail: one an address (IPv6:
 * a /64 network) and minute, and not too many in all. Each event says how many were not reported since the last one.
 */
export function signInReporter({
  clock,
  counters,
  report,
  perMinute,
}: SignInReporterParts): (actor: AuditActor, audited: AuditedAction) => void {
  const ofAddress = new RateLimiter({ amount: 1, period: 60_000 }, clock)
  const ofAll = new RateLimiter({ amount: perMinute, period: 60_000 }, clock)
  let unreported = 0
  const mayReport = (address: string) => {
    const network = networkOf(address)
    if (ofAddress.wait(network) > 0) return false
    if (ofAll.take('all') > 0) {
      counters.limited('events.refused_sign_ins_per_minute')
      return false
    }
    ofAddress.take(network)
    return true
  }
  return ({ who, address }, { action }) => {
    if (action !== 'session.open') return
    if (!mayReport(address)) {
      unreported++
      return
    }
    const name = who.slice(0, MAX_NAME_LENGTH)
    const data = { address, name, not_reported: unreported }
    report({ type: 'sign_in_refused', needs: 'administer', data }, { publisher: PUBLISHER })
    unreported = 0
  }
}

/** In a share of their own, as they are many: they push out none of what the server reports otherwise. */
const PUBLISHER = 'system:refused sign-ins'

/** In UTF-16 code units: whatever was typed. */
const MAX_NAME_LENGTH = 200
