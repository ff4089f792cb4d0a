import { ALL } from './authorization.ts'
import type { EventInput } from './event.ts'
import type { AppendOptions } from './event-appender.ts'
import type { EventLog } from './event-log.ts'
import type { Log } from './log.ts'
import { systemPrincipal } from './principal.ts'

/** Appends an event that the server itself reports. Never throws. */
export type Report = (event: Omit<EventInput, 'source'>, options?: Pick<AppendOptions, 'image' | 'publisher'>) => void

/** Makes a `Report`. By default its events count for the server, so that they push out nobody else's. */
export function reportTo(events: Pick<EventLog, 'append'>, log: Log): Report {
  return (event, { image, publisher = SERVER.id } = {}) => {
    events
      .append(SERVER, { ...event, source: 'server' }, { image, publisher })
      .catch((error) => log.error({ err: error, type: event.type }, 'an event of the server could not be appended'))
  }
}

const SERVER = systemPrincipal('the server', [{ actions: ['publish'], scope: ALL }])
