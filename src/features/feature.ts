import type { FastifyBaseLogger } from 'fastify'
import type { Accounts } from '../access/accounts.ts'
import type { Config } from '../config/all-settings.ts'
import type { Clock } from '../core/clock.ts'
import type { EventLog } from '../core/event-log.ts'
import type { Hub } from '../core/hub.ts'
import type { Supervisor } from '../core/supervisor.ts'
import type { App } from '../http/transport/app.ts'
import type { RequestGuard } from '../http/transport/request-guard.ts'
import type { SocketRoutes } from '../http/transport/socket-routes.ts'
import type { HandOvers } from '../http/transport/upgrade-hand-over.ts'
import type { SinkParts } from '../sinks/frame-sender.ts'
import type { Stores } from '../store/sql/stores.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * A feature module: a part of the server that could be left out, with its settings (`settings.ts` beside it, listed in
 * `config/all-settings.ts`) and how it is put into the house. All features are listed in `all.ts`.
 */
export interface Feature {
  /** For a newcomer, and for messages. */
  readonly name: string
  /**
   * Adds its routes, sockets and sources. The server does not listen yet.
   * @throws ConfigError when a setting of it cannot be kept
   */
  install(house: House): void | Promise<void>
}

/** What the server has for every feature. */
export interface House {
  readonly config: Config
  /** Of Belvedere: "0.3.0". */
  readonly version: string
  /** Where the built web app is. */
  readonly pageDir: string
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly metrics: Metrics
  /** Where all frames meet all viewers. */
  readonly hub: Hub
  /** Keeps all sources that are pulled. */
  readonly supervisor: Supervisor
  readonly events: EventLog
  readonly stores: Stores
  readonly accounts: Accounts
  /** The HTTP application: routes are added to it. */
  readonly app: App
  /** Stands before the routes: `onRequest: guard.require('view')`. */
  readonly guard: RequestGuard
  /** Where WebSocket routes are added. */
  readonly sockets: SocketRoutes
  /** Where a library takes the upgrades of a path of its own. */
  readonly handOvers: HandOvers
  /** What every sink is made with. */
  readonly sinks: SinkParts
  /** Whether the server is going down. */
  readonly isClosing: boolean
  /** To be done as soon as the server listens. */
  onListening(action: () => void): void
  /** To be done when the server goes down; it waits for that, but no longer than for its peers. */
  onClosing(action: () => Promise<void>): void
}
