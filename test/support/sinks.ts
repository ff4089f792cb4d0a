import type { Counters } from '../../src/core/counters.ts'
import { NO_COUNTERS } from '../../src/core/counters.ts'
import type { Refusal } from '../../src/core/errors.ts'
import type { EventInput } from '../../src/core/event.ts'
import { EventLog } from '../../src/core/event-log.ts'
import { EventLoopTurns } from '../../src/core/event-loop-turns.ts'
import type { Principal } from '../../src/core/principal.ts'
import { ProbePace } from '../../src/core/send-window.ts'
import type { SocketHandler } from '../../src/core/socket.ts'
import { happening } from './event-stores.ts'
import { FakeConnection } from './fake-connection.ts'
import { anyone, frameInput, makeHub } from './hub.ts'
import { MemoryEventStore } from './memory-event-store.ts'

/** The environment of a sink under test: a real hub on a manual clock, and what was logged and counted. */
export function makeSinks() {
  const { hub, clock } = makeHub()
  const problems: object[] = []
  const ages: [dialect: string, age: number][] = []
  // More than a page, and few enough that readers can miss some.
  const store = new MemoryEventStore({ clock, size: 300, bytes: 1e7 })
  const counters: Counters = { ...NO_COUNTERS, confirmed: (dialect, age) => ages.push([dialect, age]) }
  const log = { error: (fields: object) => problems.push(fields), warn() {}, info() {} }
  const parts = {
    hub,
    clock,
    log,
    counters,
    pace: new ProbePace(),
    turns: new EventLoopTurns(setImmediate),
    events: new EventLog({
      clock,
      log,
      store,
      pageSize: 100,
      pageBytes: 1e6,
      eventsPerMinute: 1e6,
      inNextTurn: setImmediate,
    }),
    version: '1.2.3',
    maxWatches: 1000,
  }
  return {
    parts,
    hub,
    clock,
    /** Where events are. */
    store,
    /** Appends an event; who follows has been woken when this resolves. */
    tell: (number: number, more: Partial<EventInput> = {}) => parts.events.append(anyone, happening(number, more)),
    /** The logged errors. */
    problems,
    /** The ages of frames when viewers confirmed them, ms. */
    ages,
    /** Publishes a frame; it has been sent to viewers when this resolves. */
    publish: (label: string, key: string, bytes = 10) => hub.publish(anyone, frameInput(label, key, bytes), 'test'),
    /** Connects a peer to a dialect's socket handler. */
    visit(
      handler: SocketHandler,
      params: Record<string, string> = {},
      principal: Principal = anyone,
      client: string = principal.id,
    ) {
      const socket = new FakeConnection(client)
      const refusals: Refusal[] = []
      handler({ socket, principal, basePath: '', params, refused: (refusal) => refusals.push(refusal) })
      return Object.assign(socket, { refusals })
    },
  }
}
