import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }
import { addFirstUser, type FirstUser } from './access/accounts.ts'
import { clientOf } from './access/client-address.ts'
import type { PasswordCost } from './access/password-hasher.ts'
import { CommandRegistry } from './commands/command-registry.ts'
import type { Config } from './config/all-settings.ts'
import { allowedOrigins } from './config/origins.ts'
import type { CameraPuller } from './core/camera-puller.ts'
import type { Clock } from './core/clock.ts'
import { CommandRate } from './core/command-rate.ts'
import { EventLog } from './core/event-log.ts'
import { EventLoopTurns } from './core/event-loop-turns.ts'
import type { FrameStore } from './core/frame-store.ts'
import { Hub } from './core/hub.ts'
import { KnownCameras } from './core/known-cameras.ts'
import { KnownInstruments } from './core/known-instruments.ts'
import { hasPriority } from './core/principal.ts'
import { Quota } from './core/quota.ts'
import { Readiness } from './core/readiness.ts'
import { ProbePace } from './core/send-window.ts'
import type { SharedUseOf } from './core/shared-use.ts'
import { logHealth, problemOf } from './core/store-health.ts'
import { Supervisor } from './core/supervisor.ts'
import { FEATURES } from './features/all.ts'
import type { House } from './features/feature.ts'
import { followStore } from './follow-store.ts'
import { makeApp } from './http/transport/app.ts'
import { ConnectionRegistry } from './http/transport/connection-registry.ts'
import { type OpenResponse, openLongResponse } from './http/transport/long-response.ts'
import { RefusalDelay } from './http/transport/refusal-delay.ts'
import { principalOf, RequestGuard } from './http/transport/request-guard.ts'
import { RequestTurns } from './http/transport/request-turns.ts'
import { SendQueues } from './http/transport/send-queues.ts'
import { SocketRoutes } from './http/transport/socket-routes.ts'
import { Certificate } from './http/transport/tls.ts'
import { UnreadBodies } from './http/transport/unread-bodies.ts'
import { routeUpgrades } from './http/transport/upgrade.ts'
import { HandOvers } from './http/transport/upgrade-hand-over.ts'
import { joinNodes } from './join-nodes.ts'
import { basePathsOf, clientAddresses, openConfiguredAccounts } from './open-accounts.ts'
import { openRedisFrames, usesRedis } from './open-redis.ts'
import { openEventPictures, openEvents, openStores } from './open-stores.ts'
import {
  callLimits,
  commandRules,
  connectionRules,
  heldBytesRules,
  httpConnectionRules,
  hubRules,
} from './server-rules.ts'
import { bodyReader } from './sources/request-body.ts'
import type { EventHistory } from './store/events/event-history.ts'
import type { EventSpool } from './store/events/event-spool.ts'
import { MemoryFrameStore } from './store/memory/frame-store.ts'
import { Metrics } from './telemetry/metrics.ts'
import { systemClock } from './telemetry/system-clock.ts'
import { barePicture } from './wire/bare-picture.ts'

/** A running server. */
export interface RunningServer {
  /** "http://127.0.0.1:8000", with the actual port. */
  readonly url: string
  /** The fan-out of all frames to all viewers. */
  readonly hub: Hub
  /** The first account, if this start created it. */
  readonly firstUser: FirstUser | undefined
  /** Graceful shutdown: closes connections, finishes pending requests, stops within 5 s. */
  close(): Promise<void>
}

/** What `startServer` needs. */
export interface ServerParts {
  readonly config: Config
  readonly publishKey: string
  readonly log: FastifyBaseLogger
  /** The folder of the built web app; default: `dist/web`. */
  readonly pageDir?: string
  readonly store?: FrameStore
  /** Where events are stored; default: a file in `data_dir`. */
  readonly history?: EventHistory
  /** Where events wait for Redis, if there is one; default: a file in `data_dir`. */
  readonly spool?: EventSpool
  /** Pulls cameras; default: the server itself. */
  readonly cameraPuller?: CameraPuller
  readonly clock?: Clock
  /** Default: the cost for production. */
  readonly passwordCost?: PasswordCost
}

/**
 * The composition root: starts a server. First builds what every feature needs, then installs the features and listens.
 * @throws ConfigError when a setting cannot be used; DatabaseError when the database cannot be opened; the system's
 * error (`EADDRINUSE` …) when the address cannot be listened on
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, log, clock = systemClock } = parts
  const { version } = packageJson
  let isClosing = false
  const readiness = new Readiness()
  readiness.add(() => (isClosing ? 'The server is going down.' : undefined))

  const metrics: Metrics = new Metrics({
    viewers: () => hub.viewers,
    viewersElsewhere: () => nodes?.peers.viewers ?? 0,
    servers: () => 1 + (nodes?.peers.count ?? 0),
    sockets: () => registry.count('websocket'),
    heldBytes: () => heldBytes.used,
    streams: () => hub.directory.states(),
  })
  const handshakeTimeout = config.http.tls.handshake_timeout_s * 1000
  const certificate = await Certificate.open(config.http.tls, { clock, log, counters: metrics, handshakeTimeout })
  // A failed start closes everything it opened.
  await using undo = new AsyncDisposableStack()
  const sharedFrames = usesRedis(config) && !parts.store ? await openRedisFrames(config, { clock, log }) : undefined
  const store = parts.store ?? sharedFrames ?? new MemoryFrameStore()
  undo.defer(() => store.close())
  const hub = new Hub({ clock, store, counters: metrics, rules: hubRules(config), bareOf: barePicture })
  if (config.redis.readiness) readiness.add(() => problemOf(store))
  undo.defer(followStore(store, hub))
  const nodes = usesRedis(config) ? await joinNodes(config, { clock, log, hub, frames: sharedFrames }) : undefined
  undo.defer(() => nodes?.close())
  const sharedUse: SharedUseOf = nodes?.sharedUse ?? (() => undefined)
  const supervisor = new Supervisor({ hub, clock, log, mayRun: config.sources.pull })
  const eventStore = await openEvents({ ...parts, clock })
  undo.defer(() => eventStore.close())
  const pictures = openEventPictures({ config, clock, log, counters: metrics })
  undo.defer(() => pictures.close())
  const events = new EventLog({
    clock,
    log,
    store: eventStore,
    pictures,
    pageSize: config.streaming.buffer_size,
    pageBytes: config.events.page_bytes,
    eventsPerMinute: config.limits.events_per_minute,
    sharedAppends: sharedUse('limits.events_per_minute'),
    inNextTurn: setImmediate,
  })
  const stores = await openStores(config, clock)
  undo.defer(() => stores.close())
  readiness.add(() => problemOf(stores))
  undo.defer(logHealth(stores, { clock, log }))
  const sharedGuesses = sharedUse('limits.login_tries', 'urgent')
  const accounts = await openConfiguredAccounts(config, { ...parts, stores, clock, counters: metrics, sharedGuesses })
  undo.defer(() => accounts.close())
  undo.defer(() => stores.hurry())
  readiness.add(() => accounts.problem)

  const addresses = clientAddresses(config)
  const basePaths = basePathsOf(config, addresses)
  const sharedCommands = sharedUse('limits.commands_per_minute')
  const commandRate = new CommandRate(config.limits.commands_per_minute, clock, sharedCommands)
  const guard = new RequestGuard({
    ...accounts,
    addresses,
    clock,
    counters: metrics,
    limits: callLimits(config),
    commandRate,
    sharedUse,
  })
  const commands = new CommandRegistry({ ...accounts, clock, log, commandRate, clientOf, rules: commandRules(config) })
  const { noteRefusal, holderOf } = guard
  const heldBytes = new Quota(heldBytesRules(config))
  const limited = metrics.limited.bind(metrics)
  const turns = new RequestTurns(config.limits.requests_per_turn, limited)
  const refusalDelay = new RefusalDelay({ clock, counters: metrics, perSecond: config.limits.refusals_per_s })
  const unreadBodies = new UnreadBodies({
    clock,
    counters: metrics,
    bytesPerSecond: config.limits.refused_bytes_per_s,
    heldBytes,
  })
  const readBody = bodyReader(heldBytes, holderOf, new EventLoopTurns(setImmediate))
  const app = await makeApp(
    {
      version,
      noteRefusal,
      certificate,
      allowedOrigins: allowedOrigins(config),
      readBody,
      jsonValues: config.http.json_values,
      jsonLimit: { bytes: config.http.json_bytes, setting: 'http.json_bytes' },
      connections: httpConnectionRules(config),
      counters: metrics,
      basePaths,
      frameAncestors: config.http.frame_ancestors,
      isProxy: (address) => addresses.isProxy(address),
      clock,
      heldBytes,
      holderOf,
      turns,
      refusalDelay,
      unreadBodies,
    },
    log,
  )
  undo.defer(() => app.close())
  const registry = new ConnectionRegistry({ clock, rules: connectionRules(config), heldBytes })
  accounts.noteUseBy(() => registry.principals)
  const upgrading = {
    registry,
    basePaths,
    clock,
    log,
    limited,
    turns,
    refusalDelay,
    registered: app.releaseConnection,
    sendQueues: new SendQueues({ clock }),
    watchStreaming: app.watchStreaming,
    beginStreaming: app.beginStreaming,
    authorize: guard.authorize.bind(guard),
    noteRefusal,
    holderOf,
    clientOf: guard.connectionsOf.bind(guard),
  }
  const sockets = new SocketRoutes(upgrading)
  const handOvers = new HandOvers(upgrading)
  const openResponse: OpenResponse = (request, reply, answer) => {
    const principal = principalOf(request)
    const client = guard.connectionsOf(request, principal)
    const party = { principal, client, holder: holderOf(request), isPrivileged: hasPriority(principal) }
    return openLongResponse(upgrading, reply, { ...answer, party })
  }
  const whenListening: (() => void)[] = []
  const whenClosing: (() => Promise<void>)[] = []
  const house: House = {
    config,
    version,
    pageDir: parts.pageDir ?? join(import.meta.dirname, '../dist/web'),
    clock,
    log,
    metrics,
    readiness,
    hub,
    supervisor,
    instruments: new KnownInstruments(),
    cameras: new KnownCameras(),
    cameraPuller: parts.cameraPuller,
    events,
    commands,
    stores,
    accounts,
    sharedUse,
    app,
    guard,
    heldBytes,
    readBody,
    sockets,
    openResponse,
    handOvers,
    basePaths,
    sinks: { hub, clock, log, counters: metrics, pace: new ProbePace(), turns: new EventLoopTurns(setImmediate) },
    get isClosing() {
      return isClosing
    },
    onListening: (action) => whenListening.push(action),
    onClosing: (action) => whenClosing.push(action),
  }
  for (const feature of FEATURES) await feature.install(house)
  routeUpgrades(app.server, upgrading, [handOvers, sockets])
  // A page may have reconnected before a start failed: closing the application would wait for its socket.
  undo.defer(() => registry.close(0).then(() => handOvers.close()))

  // For "localhost" Fastify would open a second server (IPv6), whose upgrades would not be handled.
  const host = config.host === 'localhost' ? '127.0.0.1' : config.host
  // Fastify's types do not know `reusePort`; it passes it on to Node.
  const address = { host, port: config.port, reusePort: config.http.reuse_port }
  await app.listen(address)
  // Only now: the generated password of a server that failed to start would never be shown.
  const firstUser = await addFirstUser(accounts.users, config.admin_password)
  for (const action of whenListening) action()
  // From here on `close` is responsible.
  const opened = undo.move()
  return {
    url: urlOf(certificate ? 'https' : 'http', app.server.address()),
    hub,
    firstUser,
    // Graceful shutdown, within 5 s.
    async close() {
      isClosing = true
      // Requests that wait for the database's lock are answered rather than cut off.
      stores.hurry()
      const cancel = clock.after(GOODBYE_MS, () => app.server.closeAllConnections())
      // First what wants to know how things were.
      const closing = [...whenClosing.map((action) => action()), supervisor.close()]
      const sourcesStopped = within(GOODBYE_MS, Promise.all(closing))
      const connectionsClosed = registry.close(GOODBYE_MS).then(() => handOvers.close())
      const closed = Promise.all([app.close(), connectionsClosed, sourcesStopped])
      hub.close()
      events.close()
      await closed
      await opened.disposeAsync()
      cancel()
    },
  }
}

/** How long peers have to receive pending data or finish their requests at shutdown, ms. */
const GOODBYE_MS = 3000

/** Waits for `work`, at most `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, over])
  clearTimeout(timer)
}

function urlOf(scheme: 'http' | 'https', address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${scheme}://${host}:${address.port}`
}
