import { ALL } from './authorization.ts'
import type { EventInput } from './event.ts'
import type { AppendOptions } from './event-appender.ts'
import type { EventLog } from './event-log.ts'
import type { Log } from './log.ts'
import { systemPrincipal } from './principal.ts'

/** Appends an event that the server itself reports. Never throws. */
export type Report = (
  event: Omit<EventInput, 'source'>,
  options?: Pick<AppendOptions, 'image' | 'publisher' | 'change'>,
) => void

/** What reports to the event log. */
export interface Reporting {
  /** By default its events count for the server, so that they push out nobody else's. */
  readonly report: Report
  /** Resolves when all that was reported so far is appended, or could not be. */
  readonly settled: () => Promise<unknown>
}

/** Reports to the event log. */
export function reportTo(events: Pick<EventLog, 'append'>, log: Log): Reporting {
  const pending = new Set<Promise<unknown>>()
  return {
    report(event, { image, publisher = SERVER.id, change } = {}) {
      const appended = events
        .append(SERVER, { ...event, source: 'server' }, { image, publisher, change })
        .catch((error) => log.error({ err: error, type: event.type }, 'an event of the server could not be appended'))
        .finally(() => pending.delete(appended))
      pending.add(appended)
    },
    settled: () => Promise.all(pending),
  }
}

const SERVER = systemPrincipal('the server', [{ actions: ['publish'], scope: ALL }])
