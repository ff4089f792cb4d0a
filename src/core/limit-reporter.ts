import type { Clock } from './clock.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { Report } from './report.ts'

/**
 * Makes the function that reports to admins that a limit was reached. Each limit is reported once in ten minutes, also
 * one that its own event reaches.
 */
export function limitReporter(clock: Clock, report: Report): (limit: string) => void {
  const recent = new RateLimiter({ amount: 1, period: PERIOD_MS }, clock)
  return (limit) => {
    if (recent.take(limit) === 0) report({ type: 'limit_reached', needs: 'administer', data: { limit } })
  }
}

const PERIOD_MS = 600_000
