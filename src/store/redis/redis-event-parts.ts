import type { Clock } from '../../core/clock.ts'
import type { EventBufferLimits } from '../../core/event-buffer.ts'
import type { Log } from '../../core/log.ts'
import type { QuotaRules } from '../../core/quota.ts'
import type { HistoryLimits } from '../events/event-history.ts'
import type { EventSpool, SpoolLimits } from '../events/event-spool.ts'
import type { RedisConnection } from './redis-connection.ts'

/** What the store of events in Redis needs. */
export interface RedisEventParts {
  readonly clock: Clock
  readonly log: Log
  /** Two connections of its own, which it closes: the second one waits for what is new. */
  readonly connections: {
    readonly commands: Pick<RedisConnection, 'send' | 'run' | 'close'>
    readonly reading: Pick<RedisConnection, 'send' | 'close'>
  }
  /** The name of the stream; default: belvedere:events. */
  readonly name?: string | undefined
  readonly spool: EventSpool
  /** The path of the spool's file. */
  readonly spoolPath: string
  readonly spoolLimits: SpoolLimits
  /** How much is kept in Redis; the same at all nodes. */
  readonly limits: HistoryLimits
  /** How much of it is at hand in memory. */
  readonly recent: EventBufferLimits
  /** How many may wait to read what is no longer in memory. */
  readonly reads: QuotaRules
}
