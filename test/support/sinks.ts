import type { Refusal } from '../../src/core/errors.ts'
import type { Meters } from '../../src/core/meters.ts'
import { NO_METERS } from '../../src/core/meters.ts'
import type { Principal } from '../../src/core/principal.ts'
import { ProbePace } from '../../src/core/send-window.ts'
import type { VisitHandler } from '../../src/core/socket.ts'
import { FakeConnection } from './fake-connection.ts'
import { anyone, frameInput, makeHub } from './hub.ts'

/** What sinks are handed: a real hub on a clock that the test moves, and what they told of. */
export function makeSinks() {
  const { hub, clock } = makeHub()
  const problems: object[] = []
  const ages: [dialect: string, age: number][] = []
  const meters: Meters = { ...NO_METERS, confirmed: (dialect, age) => ages.push([dialect, age]) }
  const log = { error: (fields: object) => problems.push(fields), warn() {}, info() {} }
  const parts = { hub, clock, log, meters, pace: new ProbePace(), version: '1.2.3' }
  return {
    parts,
    hub,
    clock,
    /** What went into the log as an error. */
    problems,
    /** The ages that viewers confirmed, ms. */
    ages,
    /** Publishes a frame; viewers have it when this resolves. */
    publish: (label: string, key: string, bytes = 10) => hub.publish(anyone, frameInput(label, key, bytes), 'test'),
    /** Somebody comes in through a dialect. */
    visit(handler: VisitHandler, params: Record<string, string> = {}, principal: Principal = anyone) {
      const socket = new FakeConnection()
      const refusals: Refusal[] = []
      handler({ socket, principal, params, refused: (refusal) => refusals.push(refusal) })
      return Object.assign(socket, { refusals })
    },
  }
}
