import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import packageJson from '../package.json' with { type: 'json' }
import { Gate } from './access/gate.ts'
import type { Config } from './config/schema.ts'
import { ProbePace } from './core/budget.ts'
import type { Clock } from './core/clock.ts'
import { Hub } from './core/hub.ts'
import type { Action } from './core/principal.ts'
import type { FrameStore } from './core/store.ts'
import { makeApp } from './http/app.ts'
import { demoRoutes } from './http/demo-routes.ts'
import { hubRoutes } from './http/hub-routes.ts'
import { servePage } from './http/page.ts'
import { pageSettings } from './http/page-settings.ts'
import { serveStaticFiles } from './http/static-files.ts'
import { statusRoutes } from './http/status-routes.ts'
import { streamRoutes } from './http/stream-routes.ts'
import { UpgradeDoor } from './http/upgrade.ts'
import { apiLabelsSocket } from './sinks/api-labels-socket.ts'
import { apiStreamSocket } from './sinks/api-stream-socket.ts'
import { labelsSocket } from './sinks/labels-socket.ts'
import { liveSocket } from './sinks/live-socket.ts'
import { streamSocket } from './sinks/stream-socket.ts'
import { Demo } from './sources/demo/demo.ts'
import { publishSocket } from './sources/publish-socket.ts'
import { MemoryStore } from './store/memory.ts'
import { systemClock } from './telemetry/clock.ts'
import { Metrics } from './telemetry/metrics.ts'

/** A server that answers. */
export interface RunningServer {
  /** "http://127.0.0.1:8000", with the port that it really has. */
  readonly url: string
  /** Where sources that bring their own ids hand in their frames. */
  readonly hub: Hub
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
}

/** Puts the house together and opens its doors: the one place that knows every room. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, log, clock = systemClock, store = new MemoryStore() } = parts
  const { version } = packageJson
  let isClosing = false

  const metrics: Metrics = new Metrics({
    viewers: () => hub.viewers,
    sockets: () => door.size,
    streams: () => hub.states(),
  })
  const hub = new Hub({ clock, store, meters: metrics, rules: hubRules(config) })
  const gate = new Gate({
    publishKey: parts.publishKey,
    allowedHosts: config.http.allowed_hosts,
    allowedOrigins: config.http.allowed_origins,
  })
  const admit = (request: { readonly raw: IncomingMessage }, action: Action) => gate.admit(request.raw, action)

  const limits = { maxBytes: config.http.body_bytes, maxPixels: config.frames.max_megapixels * 1e6 }
  const publishing = { hub, limits, log }
  const app = await makeApp({ version }, log)
  hubRoutes(app, {
    ...publishing,
    admit,
    hiddenLabels: config.labels.hidden,
    labelCallsPerMinute: config.labels.calls_per_minute,
  })
  streamRoutes(app, { hub, clock, meters: metrics, admit, maxWait: config.snapshot.max_wait_s })
  statusRoutes(app, { metrics, admit, whyNotReady: () => (isClosing ? 'The server is going down.' : undefined) })
  const demo = new Demo({ hub, clock, log, seed: config.demo.seed })
  demoRoutes(app, { admit, demo })
  pageSettings(app, { version, classNames: config.labels.class_names, admit })
  await servePage(app, {
    folder: parts.pageDir ?? join(import.meta.dirname, '../dist/web'),
    customCss: config.page.custom_css,
  })
  if (config.http.static_dir !== undefined) await serveStaticFiles(app, config.http.static_dir)

  const door = new UpgradeDoor({
    clock,
    log,
    admit: (request, action) => gate.admit(request, action),
    rules: {
      maxSockets: config.viewers.max,
      idlePing: config.viewers.idle_ping_s * 1000,
      deadAfter: config.viewers.dead_after_s * 1000,
    },
  })
  const sinks = { hub, clock, log, meters: metrics, pace: new ProbePace() }
  const watched = { action: 'view', maxMessage: 64 * 1024, goodbye: 1001 } as const
  // Twice the limit, so that a message that is merely too large is answered; only an absurd one closes the socket.
  const published = { action: 'publish', maxMessage: 2 * limits.maxBytes, goodbye: 1001 } as const
  door.route({ ...published, path: '/ws/frames', visit: publishSocket(publishing) })
  door.route({ ...watched, path: '/ws/labels/:label', visit: labelsSocket(sinks) })
  door.route({ ...watched, path: '/ws/stream/:label/:key', visit: streamSocket(sinks) })
  door.route({ ...watched, path: '/api/ws/labels/:label', visit: apiLabelsSocket(sinks) })
  door.route({ ...watched, path: '/api/ws/stream/:label/:key', visit: apiStreamSocket(sinks) })
  door.route({ ...watched, path: '/ws/live', goodbye: 1012, visit: liveSocket({ ...sinks, version }) })
  door.attach(app.server)

  // For "localhost" Fastify would open a second server, of which the door knows nothing.
  const host = config.host === 'localhost' ? '127.0.0.1' : config.host
  await app.listen({ host, port: config.port })
  if (config.demo.start) demo.start().catch((error) => log.warn({ err: error }, 'the demo could not be started'))
  return {
    url: urlOf(app.server.address()),
    hub,
    async close() {
      isClosing = true
      const cancel = clock.after(GOODBYE_MS, () => app.server.closeAllConnections())
      const closed = Promise.all([app.close(), door.close(GOODBYE_MS), demo.stop()])
      hub.close()
      await closed
      cancel()
    },
  }
}

/** How long peers have to take what is on its way to them, or to finish their requests, ms. */
const GOODBYE_MS = 3000

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

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}
