import type { Socket } from 'node:net'
import { Backoff } from '../../core/backoff.ts'
import { type Clock, every, inTime } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { StoreHealth } from '../../core/store-health.ts'
import { connect, makeClient, type RedisClient, type RedisServer } from './redis-client.ts'
import { failureOf, RedisFailure, timedOut } from './redis-failure.ts'
import type { RedisScript } from './redis-script.ts'

/** What a connection needs. */
export interface RedisConnectionParts {
  readonly server: RedisServer
  readonly clock: Clock
  readonly log: Log
  /** What it is for, in the log: "frames are read". */
  readonly purpose: string
  /** How long Redis may take to answer, or to accept the connection, ms. */
  readonly commandTimeout: number
  /** Whether its commands may block: then it is not asked in between whether it is alive, as the answer would wait. */
  readonly use: 'commands' | 'blocking'
  /**
   * Whether Redis is to say which keys are modified that were read over it (`onModified`), if it can. Then it is read only
   * while an answer is awaited, as each message would wake both processes; so it is also seen later that it is lost.
   */
  readonly wantsTracking?: boolean
}

/** What a command may answer. Texts of the data come as bytes; a null is an answer that is empty. */
export type RedisReply = string | Buffer | number | null | Error | readonly RedisReply[]

/**
 * One connection to Redis, which is opened again and again while it is lost, at most a second apart. Nothing is queued
 * meanwhile: a command fails at once. A command without an answer in time means that the link is dead, whatever the
 * kernel says of it (half-open), so all fail that wait, and a new one is opened.
 */
export class RedisConnection {
  /** "127.0.0.1:6379", for messages. */
  readonly address: string
  readonly #parts: RedisConnectionParts
  readonly #backoff = new Backoff(50, LONGEST_PAUSE_MS)
  readonly #upListeners = new Set<() => void>()
  readonly #downListeners = new Set<(failure: RedisFailure) => void>()
  readonly #modifiedListeners = new Set<(key: string | undefined) => void>()
  readonly #closing = Promise.withResolvers<void>()
  /** Of the first attempt, whatever came of it. */
  readonly #tried = Promise.withResolvers<void>()
  #link: Link | undefined
  #failure: RedisFailure
  /** Whether the log says that there is no connection. */
  #isNoted = false
  /** Whether the log says that Redis does not say what is modified. */
  #isUntrackedNoted = false
  #isClosed = false

  private constructor(parts: RedisConnectionParts) {
    this.#parts = parts
    const { host, port } = parts.server
    this.address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    this.#failure = new RedisFailure('unreachable', `Redis at ${this.address} is not connected yet`)
  }

  /** Opens a connection. @returns once it is open, or the first attempt has failed or takes long */
  static async open(parts: RedisConnectionParts): Promise<RedisConnection> {
    const connection = new RedisConnection(parts)
    void connection.#stayConnected()
    await inTime(parts.clock, PATIENCE_MS, connection.#tried.promise, async () => {})
    return connection
  }

  /** Why there is no connection now; undefined while there is one. */
  get failure(): RedisFailure | undefined {
    return this.#link ? undefined : this.#failure
  }

  /** Whether `onModified` calls its listeners. */
  get isTracking(): boolean {
    return this.#link?.isTracking ?? false
  }

  health(): StoreHealth {
    return this.#link ? { isHealthy: true } : { isHealthy: false, reason: `${this.#failure.message}.` }
  }

  /** Calls `listener` now if there is a connection, and each time that there is a new one. @returns stops that */
  onUp(listener: () => void): () => void {
    this.#upListeners.add(listener)
    if (this.#link) listener()
    return () => this.#upListeners.delete(listener)
  }

  /** Calls `listener` each time that the connection is lost. @returns stops that */
  onDown(listener: (failure: RedisFailure) => void): () => void {
    this.#downListeners.add(listener)
    return () => this.#downListeners.delete(listener)
  }

  /**
   * Calls `listener` with each key that was modified after it was read over this connection: once, until it is read again;
   * without a key for all. At the latest that is before the next answer is passed on, and perhaps even before the last one
   * that Redis gave before the modification. @returns stops that
   */
  onModified(listener: (key: string | undefined) => void): () => void {
    this.#modifiedListeners.add(listener)
    return () => this.#modifiedListeners.delete(listener)
  }

  /**
   * Sends a command.
   * @param timeout ms; more than usual for one that blocks
   * @throws RedisFailure
   */
  async send(args: readonly (string | Buffer)[], timeout = this.#parts.commandTimeout): Promise<RedisReply> {
    const link = this.#link
    if (!link) throw this.#failure
    return this.#sendOver(link, args, timeout)
  }

  /** Runs a script, which Redis is sent only if it does not have it yet. @throws RedisFailure */
  async run(script: RedisScript, keys: readonly (string | Buffer)[], args: readonly string[]): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await this.send(['EVALSHA', script.sha, ...rest])
    } catch (error) {
      if (!(error instanceof RedisFailure && error.code === 'NOSCRIPT')) throw error
      return this.send(['EVAL', script.text, ...rest])
    }
  }

  /** Gives the link up, and opens a new one. */
  drop(failure: RedisFailure): void {
    if (this.#link) this.#lose(this.#link, failure)
  }

  /** Closes it for good; what waits for an answer fails. */
  close(): void {
    this.#isClosed = true
    this.#closing.resolve()
    if (this.#link) this.#lose(this.#link, new RedisFailure('unreachable', 'The server is going down'))
  }

  async #stayConnected(): Promise<void> {
    while (!this.#isClosed) {
      try {
        const link = await this.#connect()
        this.#cameUp(link)
        this.#tried.resolve()
        await link.lost
      } catch (error) {
        this.#note(failureOf(error, this.address))
        this.#tried.resolve()
      }
      if (!this.#isClosed) await this.#pause(this.#backoff.next())
    }
  }

  async #connect(): Promise<Link> {
    if (!this.#parts.wantsTracking) return this.#open(false)
    try {
      return await this.#open(true)
    } catch (error) {
      const { kind, code = '', message } = failureOf(error, this.address)
      if (kind !== 'refused' || !CANNOT_TRACK.has(code)) throw error
      const link = await this.#open(false)
      if (!this.#isUntrackedNoted)
        this.#parts.log.warn({}, `Redis does not say what is modified, so it is asked each time: ${message}`)
      this.#isUntrackedNoted = true
      return link
    }
  }

  async #open(isTracking: boolean): Promise<Link> {
    const { clock, commandTimeout, server } = this.#parts
    const client = await makeClient(server, { connectTimeout: commandTimeout, isTracking })
    const lost = Promise.withResolvers<void>()
    const link: Link = {
      ...{ client, isTracking, lost: lost.promise, lose: lost.resolve },
      ...{ pausable: undefined, awaited: 0, answeredAt: clock.monotonic() },
    }
    client.on('error', (error) => this.#lose(link, failureOf(error, this.address)))
    client.on('invalidate', (key: Buffer | null) => this.#modified(link, key?.toString()))
    try {
      const { connected, socket } = connect(client)
      await Promise.race([this.#inTime(commandTimeout, connected), this.#closing.promise])
      if (isTracking) link.pausable = socket
      await this.#greet(link)
      return link
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  /** Asks Redis something, as one that wants a password or is still loading its data accepts connections all the same. */
  async #greet(link: Link): Promise<void> {
    try {
      await this.#sendOver(link, ['PING'], this.#parts.commandTimeout)
    } catch (error) {
      // An ACL that does not allow PING says no more than that.
      if (!(error instanceof RedisFailure && error.code === 'NOPERM')) throw error
    }
  }

  #cameUp(link: Link): void {
    if (this.#isClosed) {
      link.client.destroy()
      return
    }
    this.#link = link
    const { clock, use } = this.#parts
    // One that is ended again and again is no better than none: neither tried more often, nor announced.
    void link.lost.then(clock.after(PROVEN_MS, () => this.#proved()))
    if (use === 'commands') {
      const stop = every(clock, PING_MS, () => this.#checkLife(link))
      void link.lost.then(stop)
    }
    for (const listener of this.#upListeners) listener()
  }

  #modified(link: Link, key: string | undefined): void {
    if (link === this.#link) for (const listener of this.#modifiedListeners) listener(key)
  }

  #proved(): void {
    const { log, purpose } = this.#parts
    this.#backoff.reset()
    if (this.#isNoted) log.info({}, `Redis at ${this.address} is back (${purpose})`)
    this.#isNoted = false
  }

  #checkLife(link: Link): void {
    if (this.#parts.clock.monotonic() - link.answeredAt < PING_MS) return
    this.#sendOver(link, ['PING'], this.#parts.commandTimeout).catch(() => {})
  }

  async #sendOver(link: Link, args: readonly (string | Buffer)[], timeout: number): Promise<RedisReply> {
    if (link.awaited++ === 0) link.pausable?.resume()
    try {
      const reply = await this.#inTime(timeout, link.client.sendCommand<RedisReply>(args))
      link.answeredAt = this.#parts.clock.monotonic()
      return reply
    } catch (error) {
      // What is lost with a link fails for the reason that the link was lost for.
      const failure = link === this.#link || !isLoss(error) ? failureOf(error, this.address) : this.#failure
      if (failure.kind === 'timed_out') this.#lose(link, failure)
      throw failure
    } finally {
      if (--link.awaited === 0) link.pausable?.pause()
    }
  }

  #inTime<Result>(ms: number, work: Promise<Result>): Promise<Result> {
    return inTime(this.#parts.clock, ms, work, () => inNextTurn(work, timedOut(this.address, ms)))
  }

  #lose(link: Link, failure: RedisFailure): void {
    const wasUp = this.#link === link
    if (wasUp) {
      this.#link = undefined
      this.#note(failure)
    }
    link.client.destroy()
    link.lose()
    if (wasUp) for (const listener of this.#downListeners) listener(failure)
  }

  /** Keeps why there is no connection, and logs it when it is news. */
  #note(failure: RedisFailure): void {
    const isNews = !this.#isNoted || failure.message !== this.#failure.message
    // What Redis refuses at the beginning leaves no connection: commands get no answer then.
    this.#failure =
      failure.kind === 'refused' ? new RedisFailure('unreachable', failure.message, failure.code) : failure
    if (this.#isClosed || !isNews) return
    this.#isNoted = true
    this.#parts.log.error({}, `${failure.message} (${this.#parts.purpose})`)
  }

  #pause(ms: number): Promise<void> {
    return Promise.race([
      new Promise<void>((resolve) => void this.#parts.clock.after(ms, resolve)),
      this.#closing.promise,
    ])
  }
}

/** A connection while it is open. */
interface Link {
  readonly client: RedisClient
  readonly isTracking: boolean
  /** Resolves when it is lost. */
  readonly lost: Promise<void>
  readonly lose: () => void
  /** Set where it is read only while answers are awaited. */
  pausable: Socket | undefined
  /** How many answers are. */
  awaited: number
  /** When Redis last answered, monotonic ms. */
  answeredAt: number
}

/** The result of work that an answer has ended which has arrived, but is not read yet, as this process was busy. */
function inNextTurn<Result>(work: Promise<Result>, failure: RedisFailure): Promise<Result> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject)
    setImmediate(reject, failure)
  })
}

function isLoss(error: unknown): boolean {
  return !(error instanceof RedisFailure) && failureOf(error, '').kind === 'unreachable'
}

/** What Redis refuses with if it has no RESP 3, or no tracking, or an ACL that does not allow it; '' for a command it does not know. */
const CANNOT_TRACK: ReadonlySet<string> = new Set(['', 'NOPROTO', 'NOPERM'])
/** The longest pause between two attempts to connect, ms. */
const LONGEST_PAUSE_MS = 1000
/** How long a start waits for the first attempt, ms: a server is of use without Redis too. */
const PATIENCE_MS = 3000
/** How long a connection must last to count as one that is back, ms. */
const PROVEN_MS = 1000
/** The silence after which Redis is asked whether it is alive, ms. */
const PING_MS = 1000
