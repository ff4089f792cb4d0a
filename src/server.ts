import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }
import { addFirstUser, type FirstUser } from './access/accounts.ts'
import { ClientAddresses, networkOf } from './access/client-address.ts'
import type { PasswordCost } from './access/passwords.ts'
import { openConfiguredAccounts } from './accounts.ts'
import { ConfigError } from './config/errors.ts'
import { allowedOrigins } from './config/origins.ts'
import type { Config } from './config/schema.ts'
import { CameraList } from './core/camera-list.ts'
import type { Clock } from './core/clock.ts'
import { EventLog } from './core/event-log.ts'
import type { FrameStore } from './core/frame-store.ts'
import { Hub } from './core/hub.ts'
import type { StreamName } from './core/names.ts'
import { systemPrincipal } from './core/principal.ts'
import { ALL } from './core/rights.ts'
import { ProbePace } from './core/send-window.ts'
import { Supervisor } from './core/supervisor.ts'
import { Admission } from './http/admission.ts'
import { makeApp } from './http/app.ts'
import { auditRoutes } from './http/audit-routes.ts'
import { configRoutes } from './http/config-routes.ts'
import { ConnectionRegistry } from './http/connection-registry.ts'
import { demoRoutes } from './http/demo-routes.ts'
import { eventRoutes } from './http/event-routes.ts'
import { grantRoutes } from './http/grant-routes.ts'
import { hubRoutes } from './http/hub-routes.ts'
import { ownAccountRoutes } from './http/own-account-routes.ts'
import { servePage } from './http/page.ts'
import { pageSettings } from './http/page-settings.ts'
import { sessionRoutes } from './http/session-routes.ts'
import { serveStaticFiles } from './http/static-files.ts'
import { statusRoutes } from './http/status-routes.ts'
import { streamRoutes } from './http/stream-routes.ts'
import { Certificate } from './http/tls.ts'
import { tokenRoutes } from './http/token-routes.ts'
import { UpgradeDoor } from './http/upgrade.ts'
import { uploadRoutes } from './http/upload-routes.ts'
import { userRoutes } from './http/user-routes.ts'
import { webhookRoutes } from './http/webhook-routes.ts'
import { apiLabelsSocket } from './sinks/api-labels-socket.ts'
import { apiStreamSocket } from './sinks/api-stream-socket.ts'
import { labelsSocket } from './sinks/labels-socket.ts'
import { LinePush } from './sinks/line-push.ts'
import { liveSocket } from './sinks/live-socket.ts'
import { streamSocket } from './sinks/stream-socket.ts'
import { ByteLimit } from './sources/byte-limit.ts'
import { DEMO_LABEL, Demo } from './sources/demo.ts'
import { LineWebhook } from './sources/line-webhook.ts'
import { publishSocket } from './sources/publish-socket.ts'
import { Uploads } from './store/files/uploads.ts'
import { MemoryEventStore } from './store/memory/events.ts'
import { MemoryFrameStore } from './store/memory/frames.ts'
import { openStores } from './stores.ts'
import { systemClock } from './telemetry/clock.ts'
import { Metrics } from './telemetry/metrics.ts'

/** A server that answers. */
export interface RunningServer {
  /** "http://127.0.0.1:8000", with the port that it really has. */
  readonly url: string
  /** Where all frames meet all viewers. */
  readonly hub: Hub
  /** The first account, if this start has made it. */
  readonly firstUser: FirstUser | undefined
  /** Says goodbye to all, finishes what is under way and stops; within 5 s. */
  close(): Promise<void>
}

/** What a server is made of. */
export interface ServerParts {
  readonly config: Config
  readonly publishKey: string
  readonly log: FastifyBaseLogger
  /** The built web app. */
  readonly pageDir?: string
  readonly store?: FrameStore
  readonly clock?: Clock
  /** That of production, if not given. */
  readonly passwordCost?: PasswordCost
}

/** Puts the house together and opens its doors: the one place that knows every room. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, log, clock = systemClock, store = new MemoryFrameStore() } = parts
  const { version } = packageJson
  const certificate = await Certificate.open(config.http.tls, { clock, log })
  let isClosing = false

  const metrics: Metrics = new Metrics({
    viewers: () => hub.viewers,
    sockets: () => registry.count('websocket'),
    streams: () => hub.states(),
  })
  // A start that fails leaves nothing open.
  await using undo = new AsyncDisposableStack()
  const hub = new Hub({ clock, store, meters: metrics, rules: hubRules(config) })
  undo.defer(() => store.close())
  undo.defer(
    store.subscribe({
      streamFound: (name) => declareStored(hub, name),
      frameStored: (input, id, receivedAt) => hub.accept(FRAME_STORE, input, id, receivedAt, 'store'),
    }),
  )
  const stores = await openStores(config, clock)
  undo.defer(() => stores.close())
  const accounts = await openConfiguredAccounts(config, { ...parts, stores, clock })
  undo.defer(() => accounts.close())
  const addresses = clientAddresses(config)
  const admission = new Admission({ ...accounts, addresses, clock, limits: callLimits(config) })
  const { admit } = admission
  const noteRefusal = admission.noteRefusal.bind(admission)

  const limits = { maxBytes: config.http.body_bytes, maxPixels: config.frames.max_megapixels * 1e6 }
  const byteLimit = new ByteLimit(config.limits.publish_bytes_per_s, clock)
  const publishing = { hub, limits, byteLimit, log }
  const app = await makeApp({ version, noteRefusal, certificate, allowedOrigins: allowedOrigins(config) }, log)
  undo.defer(() => app.close())
  hubRoutes(app, {
    ...publishing,
    admit,
    admitFrame: ({ raw }) => admission.admitUncounted(raw, 'publish'),
    hiddenLabels: config.labels.hidden,
    labelCallsPerMinute: config.labels.calls_per_minute,
    addressOf: (request) => networkOf(admission.addressOf(request)),
    clock,
  })
  streamRoutes(app, { hub, clock, meters: metrics, admit, maxWait: config.snapshot.max_wait_s })
  statusRoutes(app, { metrics, admit, whyNotReady: () => (isClosing ? 'The server is going down.' : undefined) })
  const managing = { accounts, admission, sessionLife: config.tokens.refresh_days * DAY_MS }
  tokenRoutes(app, managing)
  userRoutes(app, managing)
  sessionRoutes(app, managing)
  ownAccountRoutes(app, managing)
  grantRoutes(app, managing)
  auditRoutes(app, managing)

  const eventStore = new MemoryEventStore({ clock, size: config.events.buffer })
  undo.defer(() => eventStore.close())
  const events = new EventLog({ clock, log, store: eventStore, pageSize: config.events.buffer })
  eventRoutes(app, { admit, events })
  const push = new LinePush({ apiUrl: config.line.api_url, accessToken: config.line.channel_access_token })
  const line = new LineWebhook({ push, clock, log, channelSecret: config.line.channel_secret })
  await webhookRoutes(app, { admit, events, line, maxBytes: config.webhook.body_bytes })
  const { max_bytes: uploadBytes, max_total_bytes: maxTotalBytes } = config.uploads
  const folder = join(config.data_dir, 'uploads')
  const uploads = new Uploads({ folder, maxBytes: uploadBytes, maxTotalBytes, maxPixels: limits.maxPixels })
  uploadRoutes(app, { admit, uploads, maxBytes: uploadBytes })
  await configRoutes(app, { ...managing, cameras: new CameraList(stores.cameras) })

  const supervisor = new Supervisor({ hub, clock, log })
  const demo = new Demo({ supervisor, clock, log, seed: config.demo.seed })
  demoRoutes(app, { admit, demo, label: DEMO_LABEL })
  pageSettings(app, { version, classNames: config.labels.class_names, admit })
  await servePage(app, {
    folder: parts.pageDir ?? join(import.meta.dirname, '../dist/web'),
    customCss: config.page.custom_css,
  })
  if (config.http.static_dir !== undefined) await serveStaticFiles(app, config.http.static_dir)

  const registry = new ConnectionRegistry({
    clock,
    rules: {
      max: config.viewers.max,
      maxOfClient: config.limits.connections_per_client,
      idlePing: config.viewers.idle_ping_s * 1000,
      deadAfter: config.viewers.dead_after_s * 1000,
    },
  })
  const door = new UpgradeDoor({
    registry,
    clock,
    log,
    admit: (request, action) => admission.admitUncounted(request, action),
    noteRefusal,
    clientOf: (request, principal) => admission.connectionsOf(request, principal),
  })
  const sinks = { hub, clock, log, meters: metrics, pace: new ProbePace() }
  const { messages_per_s: messagesPerSecond } = config.labels
  const watched = { action: 'view', maxMessage: 64 * 1024, goodbye: 1001 } as const
  // Twice the limit, so that a message that is merely too large is answered; only an absurd one closes the socket.
  const published = { action: 'publish', maxMessage: 2 * limits.maxBytes, goodbye: 1001 } as const
  door.route({ ...published, path: '/ws/frames', visit: publishSocket(publishing) })
  door.route({ ...watched, path: '/ws/labels/:label', visit: labelsSocket(sinks) })
  door.route({ ...watched, path: '/ws/stream/:label/:key', visit: streamSocket(sinks) })
  door.route({ ...watched, path: '/api/ws/labels/:label', visit: apiLabelsSocket({ ...sinks, messagesPerSecond }) })
  door.route({ ...watched, path: '/api/ws/stream/:label/:key', visit: apiStreamSocket(sinks) })
  door.route({ ...watched, path: '/ws/live', goodbye: 1012, visit: liveSocket({ ...sinks, version }) })
  door.attach(app.server)
  // A page may have come back before a start failed: the application would wait for its socket.
  undo.defer(() => registry.close(0).then(() => door.close()))

  // For "localhost" Fastify would open a second server, of which the door knows nothing.
  const host = config.host === 'localhost' ? '127.0.0.1' : config.host
  await app.listen({ host, port: config.port })
  // Not before: the password of a server that could not start would never be shown.
  const firstUser = await addFirstUser(accounts.users, config.admin_password)
  if (config.demo.start)
    demo.start().catch((error) => isClosing || log.warn({ err: error }, 'the demo could not be started'))
  // From here on that is for whoever takes the server down.
  const opened = undo.move()
  return {
    url: urlOf(certificate ? 'https' : 'http', app.server.address()),
    hub,
    firstUser,
    async close() {
      isClosing = true
      const cancel = clock.after(GOODBYE_MS, () => app.server.closeAllConnections())
      const sourcesStopped = within(GOODBYE_MS, Promise.all([supervisor.close(), demo.stop()]))
      const saidGoodbye = registry.close(GOODBYE_MS).then(() => door.close())
      const closed = Promise.all([app.close(), saidGoodbye, sourcesStopped])
      hub.close()
      events.close()
      await closed
      await opened.disposeAsync()
      cancel()
    },
  }
}

/** How long peers have to take what is on its way to them, or to finish their requests, ms. */
const GOODBYE_MS = 3000

const DAY_MS = 86_400_000

const FRAME_STORE = systemPrincipal('the frame store', [{ actions: ['publish'], scope: ALL }])

/** A stream of others is shown here while somebody watches it; its frames come from the store. */
function declareStored(hub: Hub, name: StreamName) {
  const isFed = hub.isDeclared(FRAME_STORE, name)
  return isFed ? undefined : hub.declare(FRAME_STORE, name, STORED, { demandChanged() {} })
}

/** A store of others answers within moments; of viewers who change pages the first is back soon. Times in ms. */
const STORED = { when: 'on-demand', startTimeout: 10_000, closeAfter: 2000 } as const

/** Waits for no longer than that, ms. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, over])
  clearTimeout(timer)
}

function clientAddresses({ http }: Config): ClientAddresses {
  try {
    return new ClientAddresses(http.trusted_proxies)
  } catch (error) {
    throw new ConfigError([`http.trusted_proxies: ${error instanceof Error ? error.message : error}.`])
  }
}

function callLimits({ limits }: Config) {
  return {
    callsPerMinute: limits.calls_per_minute,
    guestCallsPerMinute: limits.guest_calls_per_minute,
    commandsPerMinute: limits.commands_per_minute,
  }
}

function hubRules({ streams, frames }: Config) {
  return {
    maxStreams: streams.max,
    storeTimeout: frames.store_timeout_ms,
    staleAfter: streams.stale_after_ms,
    staleAfterIntervals: streams.stale_after_intervals,
    offlineAfter: streams.offline_after_s * 1000,
    forgetAfter: streams.forget_after_s * 1000,
    ringFrames: streams.ring_frames,
    ringBytes: streams.ring_bytes,
  }
}

function urlOf(scheme: 'http' | 'https', address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `${scheme}://${host}:${address.port}`
}
