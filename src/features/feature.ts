import type { FastifyBaseLogger } from 'fastify'
import type { Accounts } from '../access/accounts.ts'
import type { BasePaths } from '../access/base-path.ts'
import type { CommandRegistry } from '../commands/command-registry.ts'
import type { Config } from '../config/all-settings.ts'
import type { CameraPuller } from '../core/camera-puller.ts'
import type { Clock } from '../core/clock.ts'
import type { EventLog } from '../core/event-log.ts'
import type { Hub } from '../core/hub.ts'
import type { KnownCameras } from '../core/known-cameras.ts'
import type { KnownInstruments } from '../core/known-instruments.ts'
import type { Quota } from '../core/quota.ts'
import type { Readiness } from '../core/readiness.ts'
import type { SharedUseOf } from '../core/shared-use.ts'
import type { Supervisor } from '../core/supervisor.ts'
import type { App } from '../http/transport/app.ts'
import type { OpenResponse } from '../http/transport/long-response.ts'
import type { RequestGuard } from '../http/transport/request-guard.ts'
import type { SocketRoutes } from '../http/transport/socket-routes.ts'
import type { HandOvers } from '../http/transport/upgrade-hand-over.ts'
import type { SinkParts } from '../sinks/frame-sender.ts'
import type { ReadBody } from '../sources/request-body.ts'
import type { Stores } from '../store/sql/stores.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/**
 * A feature module: an optional part of the server, with its settings (`settings.ts` beside it, listed in
 * `config/all-settings.ts`) and how it is installed. All features are listed in `all.ts`.
 */
export interface Feature {
  /** The display name. */
  readonly name: string
  /**
   * Adds its routes, WebSockets and sources, before the server listens.
   * @throws ConfigError when one of its settings cannot be used, such as a missing file
   */
  install(house: House): void | Promise<void>
}

/** The server as its features see it: what is injected into each (a composition root, built in `server.ts`). */
export interface House {
  readonly config: Config
  /** Belvedere's version: "0.3.0". */
  readonly version: string
  /** The folder of the built web app. */
  readonly pageDir: string
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly metrics: Metrics
  /** Whether the server can do its work; a feature adds what may keep it from that. */
  readonly readiness: Readiness
  /** The fan-out of all frames to all viewers. */
  readonly hub: Hub
  /** Runs all pulled sources. */
  readonly supervisor: Supervisor
  /** The instruments that this server reads. */
  readonly instruments: KnownInstruments
  /** The cameras that this server knows. */
  readonly cameras: KnownCameras
  /** Pulls cameras in place of the server's own parts: for tests. */
  readonly cameraPuller?: CameraPuller | undefined
  readonly events: EventLog
  /** What people and programs can tell the server to do, to add to. */
  readonly commands: CommandRegistry
  readonly stores: Stores
  readonly accounts: Accounts
  /** What clients use of a limit at other servers of the installation. */
  readonly sharedUse: SharedUseOf
  /** The Fastify application, to add HTTP routes to. */
  readonly app: App
  /** Authentication and authorization of routes: `onRequest: guard.require('view')`. */
  readonly guard: RequestGuard
  /** The memory that clients' unfinished messages and unread responses take, in bytes (`limits.held_bytes`). */
  readonly heldBytes: Quota
  /** Reads request bodies, which count as held bytes. */
  readonly readBody: ReadBody
  /** The WebSocket routes, to add to. */
  readonly sockets: SocketRoutes
  /** Opens a response that stays open, such as an event stream. */
  readonly openResponse: OpenResponse
  /** Paths whose WebSocket upgrades a library handles itself. */
  readonly handOvers: HandOvers
  /** What paths of ours begin with, as a client sees them. */
  readonly basePaths: BasePaths
  /** What every sink needs. */
  readonly sinks: SinkParts
  /** Whether the server is shutting down. */
  readonly isClosing: boolean
  /** Registers an action to run as soon as the server listens. */
  onListening(action: () => void): void
  /** Registers an action to run at shutdown, which waits for it at most 3 s. */
  onClosing(action: () => Promise<void>): void
}
