import type { Clock } from '../../core/clock.ts'
import type { EventBufferLimits } from '../../core/event-buffer.ts'
import type { Log } from '../../core/log.ts'
import type { QuotaRules } from '../../core/quota.ts'
import type { EventHistory, HistoryLimits } from './event-history.ts'

/** What the store of events needs. */
export interface DurableEventParts {
  readonly clock: Clock
  readonly log: Log
  readonly history: EventHistory
  /** The path of the history's file. */
  readonly path: string
  readonly limits: HistoryLimits
  /** How many of the newest are at hand in memory. */
  readonly recent: EventBufferLimits
  /** How many may wait to read what is no longer in memory. */
  readonly reads: QuotaRules
}
