import { pino } from 'pino'
import { type Action, ALL, type Scope } from '../../src/core/authorization.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { EventInput, LoggedEvent, NewEvent } from '../../src/core/event.ts'
import type { EventStore } from '../../src/core/event-store.ts'
import type { Principal } from '../../src/core/principal.ts'
import { DurableEventStore } from '../../src/store/events/durable-event-store.ts'
import { START } from './manual-clock.ts'
import { MemoryEventStore } from './memory-event-store.ts'
import { MemoryHistory } from './memory-history.ts'
import { openRedisEvents } from './redis-events.ts'
import type { TestRedis } from './redis-server.ts'

/** All kinds of event store. Each is opened empty and keeps the newest `size` events, of `bytes` bytes. */
export const EVENT_STORES: readonly {
  readonly name: string
  readonly open: (parts: {
    readonly clock: Clock
    readonly size: number
    readonly bytes?: number
    readonly redis: () => Promise<TestRedis>
  }) => Promise<EventStore>
  /** How often a property is tried that takes many steps. */
  readonly runs: number
}[] = [
  { name: 'memory', runs: 300, open: async ({ redis: _, ...parts }) => new MemoryEventStore({ bytes: 1e6, ...parts }) },
  {
    name: 'SQLite',
    runs: 300,
    open: ({ clock, size, bytes = 1e6 }) =>
      DurableEventStore.open({
        clock,
        log: pino({ level: 'silent' }),
        history: new MemoryHistory(),
        path: ':memory:',
        limits: { size, bytes, age: Number.POSITIVE_INFINITY },
        // Less than is kept, so that readers meet both.
        recent: { size: Math.max(1, Math.floor(size / 3)), bytes },
        reads: { max: 1000, share: 1000 },
      }),
  },
  {
    name: 'Redis',
    // Each step goes to Redis and back.
    runs: 20,
    open: async ({ clock, size, bytes = 1e6, redis }) => openRedisEvents(await redis(), { clock, size, bytes }),
  },
]

/** Appends an event. @returns it, with its id */
export async function appendTo(store: EventStore, event: NewEvent): Promise<LoggedEvent> {
  const { event: appended } = await store.append(event)
  if (appended.id === undefined) throw new Error('the event waits in the spool')
  return appended
}

/** An event for `EventLog.append`, identified by the number in its data. */
export function happening(data: number, more: Partial<EventInput> = {}): EventInput {
  return { type: 'test', source: 'a test', data, ...more }
}

/** The same event as a store gets it. */
export function newEvent(data: number, more: Partial<NewEvent> = {}): NewEvent {
  return { ...happening(data), timestamp: START, priority: 'NORMAL', ...more }
}

/** The numbers that identify events. */
export const shown = (events: readonly LoggedEvent[]) => events.map(({ data }) => data)

/** A principal allowed these actions on these labels (default: all), and a function that ends it. */
export function somebody(actions: Action[] = ['view', 'publish'], labels?: string[]) {
  const end = new AbortController()
  const scope: Scope = labels ? { kind: 'labels', labels } : ALL
  const principal: Principal = {
    id: 'somebody',
    name: 'somebody',
    kind: 'user',
    grants: [{ actions, scope }],
    ended: end.signal,
  }
  return { principal, end: () => end.abort('signed out') }
}
