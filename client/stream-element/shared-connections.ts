import type { ClassNames } from '../../src/core/class-names.ts'
import { DISCONNECTED } from '../codes.ts'
import { LiveClient } from '../live-client.ts'
import { onServer } from '../server-path.ts'
import { classNamesIn } from '../view/page-settings.ts'

/** A connection to a server that several elements share. */
export interface SharedConnection {
  readonly client: LiveClient
  /** The names of the detectors' class numbers, loaded once; none if they cannot be loaded. */
  classNames(): Promise<readonly ClassNames[]>
  /** To be called once by who acquired it. It closes after the last release. */
  release(): void
}

/** Makes a client for a server ("https://…") and a token. */
export type MakeClient = (server: string, token: string | undefined) => LiveClient

/** The connections of a page: one for each server and token, however many elements use it. */
export class SharedConnections {
  readonly #makeClient: MakeClient
  readonly #open = new Map<string, OpenConnection>()

  /** @param makeClient for tests; default: a `LiveClient` */
  constructor(makeClient: MakeClient = (server, token) => new LiveClient(server, { token })) {
    this.#makeClient = makeClient
  }

  /**
   * Connects, or shares the connection that is there. One that was refused tries again.
   * @throws TypeError when the server's address is not one
   */
  acquire(server: string, token: string | undefined): SharedConnection {
    const id = JSON.stringify([server, token])
    const known = this.#open.get(id)
    const connection =
      known ?? new OpenConnection(this.#makeClient(server, token), server, token, () => this.#open.delete(id))
    this.#open.set(id, connection)
    return connection.share()
  }
}

/** A connection that closes a moment after nobody uses it, so that elements can be moved within their page. */
class OpenConnection {
  readonly #client: LiveClient
  readonly #server: string
  readonly #token: string | undefined
  readonly #closed: () => void
  #users = 0
  #closing: ReturnType<typeof setTimeout> | undefined
  #retrying: ReturnType<typeof setTimeout> | undefined
  #connectedAt: number | undefined
  #classNames: Promise<readonly ClassNames[]> | undefined

  constructor(client: LiveClient, server: string, token: string | undefined, closed: () => void) {
    this.#client = client
    this.#server = server
    this.#token = token
    this.#closed = closed
    client.on('connected', () => {
      this.#connectedAt = performance.now()
    })
    client.on('disconnected', ({ code }) => {
      if (code === DISCONNECTED.refused) this.#askOnceMore()
    })
    client.on('error', ({ message, watch }) => {
      // Those of a watch are shown by its element.
      if (!watch) console.error(`belvedere-stream: ${message}`)
    })
  }

  share(): SharedConnection {
    this.#users++
    clearTimeout(this.#closing)
    this.#client.connect()
    return {
      client: this.#client,
      classNames: () => {
        this.#classNames ??= loadClassNames(this.#server, this.#token).catch(() => [])
        return this.#classNames
      },
      release: () => {
        this.#users--
        if (this.#users === 0) this.#closing = setTimeout(() => this.#close(), LINGER_MS)
      },
    }
  }

  /** Who is refused after it was let in may only have got other rights. */
  #askOnceMore(): void {
    const wasConnected = this.#connectedAt !== undefined && performance.now() - this.#connectedAt >= LET_IN_MS
    this.#connectedAt = undefined
    if (!wasConnected) return
    // Not all viewers at the same moment.
    this.#retrying = setTimeout(() => this.#client.connect(), RETRY_MS * (1 + Math.random()))
  }

  #close(): void {
    clearTimeout(this.#retrying)
    this.#client.disconnect()
    this.#closed()
  }
}

/** How long an unused connection stays open, ms. */
const LINGER_MS = 500
/** A connection that was refused within this time, ms, was never let in. */
const LET_IN_MS = 10_000
/** The minimum wait before asking once more, ms; at most twice as long. */
const RETRY_MS = 1000

async function loadClassNames(server: string, token: string | undefined): Promise<readonly ClassNames[]> {
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(onServer(server, '/app/settings.json'), { headers })
  return answer.ok ? classNamesIn(await answer.json()) : []
}
