import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { afterAll, onTestFinished } from 'vitest'
import type { PasswordCost } from '../../src/access/password-hasher.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { CameraPuller } from '../../src/core/camera-puller.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import type { Hub } from '../../src/core/hub.ts'
import { startServer } from '../../src/server.ts'
import type { EventHistory } from '../../src/store/events/event-history.ts'
import type { EventSpool } from '../../src/store/events/event-spool.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryHistory } from './memory-history.ts'
import { MemorySpool } from './memory-spool.ts'
import { CHEAP_PASSWORDS } from './passwords.ts'
import { jpeg } from './pictures.ts'
import { isPending } from './redis-connection.ts'
import { until } from './until.ts'

/** The publish key of every test server. */
export const KEY = 'a-publish-key-for-tests'

/** Options of a test server. */
export interface TestServerOptions {
  /** Settings by their names in docs/configuration.md: `{ 'streams.max': 3 }`. */
  readonly config?: Readonly<Record<string, string | number>>
  /** What is in the file `.env`. */
  readonly dotenv?: string
  /** Environment variables, none of them that of the tests. */
  readonly env?: Readonly<Record<string, string>>
  /** The built web app; default: BELVEDERE_TEST_PAGE_DIR, else the checkout's. */
  readonly pageDir?: string
  readonly store?: FrameStore
  /** Where events are stored; default: in memory. */
  readonly history?: EventHistory
  /** Where events wait for Redis; default: in memory. */
  readonly spool?: EventSpool
  /** Pulls cameras; default: the server itself. */
  readonly cameraPuller?: CameraPuller
  readonly clock?: Clock
  /** Default: the minimum. */
  readonly passwordCost?: PasswordCost
  /** Default: silent. */
  readonly log?: Logger
}

/**
 * What a server would do by itself after seconds, which pass on a busy machine between two steps of a test. A test of what
 * is done then sets how soon it is.
 */
const PATIENT = {
  'streams.stale_after_ms': 25_000,
  'streams.next_wait_ms': 60_000,
  'frames.store_timeout_ms': 60_000,
  'redis.command_timeout_ms': 60_000,
  'instruments.heartbeat_timeout_s': 60,
}

/** A complete server on a free port of this machine, closed after the test or after all tests of its file. */
export class TestServer {
  readonly url: string
  readonly hub: Hub
  /** Closes it before the test ends. */
  readonly close: () => Promise<void>

  private constructor(url: string, hub: Hub, close: () => Promise<void>) {
    this.url = url
    this.hub = hub
    this.close = close
  }

  /** Starts a server for the current test. */
  static start(options: TestServerOptions = {}): Promise<TestServer> {
    const ended = new AsyncDisposableStack()
    onTestFinished(() => ended.disposeAsync())
    return TestServer.#open(options, ended)
  }

  /**
   * One server shared by all tests of a file, which keep apart by their labels (`freshLabel`). Started on first use.
   */
  static ofFile(options: TestServerOptions = {}): () => Promise<TestServer> {
    const ended = new AsyncDisposableStack()
    let server: Promise<TestServer> | undefined
    afterAll(() => ended.disposeAsync())
    return () => {
      server ??= TestServer.#open(options, ended)
      return server
    }
  }

  static async #open(
    { config = {}, dotenv, env = {}, ...parts }: TestServerOptions,
    ended: AsyncDisposableStack,
  ): Promise<TestServer> {
    const root = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
    ended.defer(() => rmSync(root, { recursive: true }))
    if (dotenv !== undefined) writeFileSync(join(root, '.env'), dotenv)
    // By a manual clock nothing happens by itself.
    const settings = { port: 0, ...(!(parts.clock instanceof ManualClock) && PATIENT), ...config }
    const argv = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
    const pageDir = process.env.BELVEDERE_TEST_PAGE_DIR
    const server = await startServer({
      ...(pageDir !== undefined && { pageDir }),
      log: pino({ level: 'silent' }),
      passwordCost: CHEAP_PASSWORDS,
      history: new MemoryHistory(),
      spool: new MemorySpool(),
      ...parts,
      config: loadConfig({ argv, env, cwd: root, root }),
      publishKey: KEY,
    })
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= server.close()
      return closed
    }
    ended.defer(close)
    const started = new TestServer(server.url, server.hub, close)
    // A server starts without its Redis; most tests want it with.
    if ('redis.port' in config || 'redis.url' in config)
      await until(async () => !isPending(await (await started.get('/labels')).text()), 'its connection to Redis')
    return started
  }

  /** The URL of a WebSocket route; the names are percent-encoded. */
  socketUrl(route: string, ...names: string[]): string {
    return [this.url.replace('http', 'ws') + route, ...names.map(encodeURIComponent)].join('/')
  }

  /** `GET` a path. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers })
  }

  /** The streams that `/streams` lists. */
  async streams(): Promise<Fields[]> {
    const response = await this.get('/streams')
    const body: unknown = await response.json()
    if (!isListOfStreams(body)) throw new Error(`/streams answered ${response.status}: ${JSON.stringify(body)}`)
    return body.streams
  }

  /** `POST /frames` with the publish key. */
  post(form: FormData, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/frames`, { method: 'POST', body: form, headers: { ...authorized(), ...headers } })
  }

  /** Publishes a picture, which must succeed. @returns the picture's bytes */
  async publish(label: string, key: string, more: Partial<FrameForm> = {}): Promise<Uint8Array> {
    const picture = more.file ?? jpeg(16, 8)
    const response = await this.post(formOf({ label, key, ...more, file: picture }))
    if (!response.ok) throw new Error(`POST /frames answered ${response.status}: ${await response.text()}`)
    return picture
  }
}

function isListOfStreams(body: unknown): body is { streams: Fields[] } {
  return typeof body === 'object' && body !== null && 'streams' in body && Array.isArray(body.streams)
}

let labels = 0

/** A label that no other test uses. */
export function freshLabel(): string {
  return `site-${++labels}`
}

/** An unvalidated JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of `POST /frames`. */
export interface FrameForm {
  readonly label?: string
  readonly key?: string
  readonly file?: Uint8Array
  readonly [field: string]: string | Uint8Array | undefined
}

/** A form with the given fields; bytes become files. */
export function formOf(fields: FrameForm): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value)
    else if (value) form.append(name, new Blob([new Uint8Array(value)]), 'frame.jpg')
  }
  return form
}

/** The `Authorization` header with the publish key. */
export function authorized(key = KEY): { authorization: string } {
  return { authorization: `Bearer ${key}` }
}
