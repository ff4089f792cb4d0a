import { pino } from 'pino'
import { NO_COUNTERS } from '../../src/core/counters.ts'
import { EventLoopTurns } from '../../src/core/event-loop-turns.ts'
import { Quota } from '../../src/core/quota.ts'
import { type App, makeApp } from '../../src/http/transport/app.ts'
import { UnreadBodies } from '../../src/http/transport/unread-bodies.ts'
import { bodyReader } from '../../src/sources/request-body.ts'
import { NO_BASE_PATH, NO_DELAY, UNLIMITED_TURNS } from './connections.ts'
import { ManualClock } from './manual-clock.ts'

/** An application without routes, and without limits that a test could reach. */
export function makeTestApp(): Promise<App> {
  const clock = new ManualClock()
  const heldBytes = new Quota({ max: 1e9, share: 1e9 })
  const holderOf = () => ({ client: 'somebody', isPrivileged: false })
  return makeApp(
    {
      version: '1',
      noteRefusal() {},
      allowedOrigins: [],
      readBody: bodyReader(heldBytes, holderOf, new EventLoopTurns(setImmediate)),
      jsonValues: 10_000,
      jsonLimit: { bytes: 1e6 },
      connections: {
        max: 1000,
        maxOfAddress: 1000,
        maxPipelined: 16,
        headTimeout: 15_000,
        requestTimeout: 60_000,
        answerTimeout: 30_000,
      },
      counters: NO_COUNTERS,
      basePaths: NO_BASE_PATH,
      frameAncestors: [],
      isProxy: () => false,
      clock,
      heldBytes,
      holderOf,
      turns: UNLIMITED_TURNS,
      refusalDelay: NO_DELAY,
      unreadBodies: new UnreadBodies({ clock, counters: NO_COUNTERS, bytesPerSecond: 1e9, heldBytes }),
    },
    pino({ level: 'silent' }),
  )
}
