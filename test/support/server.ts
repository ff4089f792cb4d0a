import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { afterAll, onTestFinished } from 'vitest'
import type { PasswordCost } from '../../src/access/password-hasher.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { FrameStore } from '../../src/core/frame-store.ts'
import type { Hub } from '../../src/core/hub.ts'
import { startServer } from '../../src/server.ts'
import { CHEAP_PASSWORDS } from './passwords.ts'
import { jpeg } from './pictures.ts'

/** The key that publishes on every server of the tests. */
export const KEY = 'a-publish-key-for-tests'

/** What a test's server differs in from the usual one. */
export interface TestServerOptions {
  /** By the names of docs/configuration.md: `{ 'streams.max': 3 }`. */
  readonly config?: Readonly<Record<string, string | number>>
  /** The built web app; if not given that of BELVEDERE_TEST_PAGE_DIR, else that of the checkout. */
  readonly pageDir?: string
  readonly store?: FrameStore
  readonly clock?: Clock
  /** Next to nothing, if not given. */
  readonly passwordCost?: PasswordCost
  /** Silent, if not given. */
  readonly log?: Logger
}

/** A whole server on a free port of this machine, gone when the test has ended, or all tests of its file. */
export class TestServer {
  readonly url: string
  readonly hub: Hub
  /** Takes it down before the test ends. */
  readonly close: () => Promise<void>

  private constructor(url: string, hub: Hub, close: () => Promise<void>) {
    this.url = url
    this.hub = hub
    this.close = close
  }

  /** Starts a server for the test that runs. */
  static start(options: TestServerOptions = {}): Promise<TestServer> {
    const ended = new AsyncDisposableStack()
    onTestFinished(() => ended.disposeAsync())
    return TestServer.#open(options, ended)
  }

  /**
   * One server for all tests of a file that need nothing of their own in it but a label (`freshLabel`). It is started when
   * the first of them asks for it.
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

  static async #open({ config = {}, ...parts }: TestServerOptions, ended: AsyncDisposableStack): Promise<TestServer> {
    const root = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
    ended.defer(() => rmSync(root, { recursive: true }))
    const argv = Object.entries({ port: 0, ...config }).map(([name, value]) => `--${name}=${value}`)
    const pageDir = process.env.BELVEDERE_TEST_PAGE_DIR
    const server = await startServer({
      ...(pageDir !== undefined && { pageDir }),
      log: pino({ level: 'silent' }),
      passwordCost: CHEAP_PASSWORDS,
      ...parts,
      config: loadConfig({ argv, env: {}, cwd: root, root }),
      publishKey: KEY,
    })
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= server.close()
      return closed
    }
    ended.defer(close)
    return new TestServer(server.url, server.hub, close)
  }

  /** The address of a WebSocket route; the names are percent-encoded. */
  socketUrl(route: string, ...names: string[]): string {
    return [this.url.replace('http', 'ws') + route, ...names.map(encodeURIComponent)].join('/')
  }

  /** `GET` of a path. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, { headers })
  }

  /** What `/streams` lists. */
  async streams(): Promise<Fields[]> {
    const response = await this.get('/streams')
    const body: unknown = await response.json()
    if (!isListOfStreams(body)) throw new Error(`/streams answered ${response.status}: ${JSON.stringify(body)}`)
    return body.streams
  }

  /** `POST /frames` of a form as it stands, with the publish key. */
  post(form: FormData, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/frames`, { method: 'POST', body: form, headers: { ...authorized(), ...headers } })
  }

  /** Publishes a picture and makes sure that it was taken. @returns the picture's bytes */
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

/** A label that no other test has. */
export function freshLabel(): string {
  return `site-${++labels}`
}

/** A JSON object, of which nothing is known before the test has looked at it. */
export type Fields = Readonly<Record<string, unknown>>

/** The fields of `POST /frames`. */
export interface FrameForm {
  readonly label?: string
  readonly key?: string
  readonly file?: Uint8Array
  readonly [field: string]: string | Uint8Array | undefined
}

/** A form with the fields that are given; bytes become files. */
export function formOf(fields: FrameForm): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value)
    else if (value) form.append(name, new Blob([new Uint8Array(value)]), 'frame.jpg')
  }
  return form
}

/** The header that lets publish. */
export function authorized(key = KEY): { authorization: string } {
  return { authorization: `Bearer ${key}` }
}
