import { EventStreamParser } from '../../src/wire/event-stream-parser.ts'
import { onReturn } from './on-return.ts'
import { Retry, type RetryOptions } from './retry.ts'
import { SilenceWatch } from './silence-watch.ts'
import { type Token, tokenFor } from './token.ts'

/** Options of an event stream. */
export interface EventStreamOptions extends RetryOptions {
  /** Sent as `Authorization: Bearer`; default: the `?token=` of the stream's address or of the page's own. */
  readonly token?: Token | undefined
}

/** Why there is no connection. */
export interface EventStreamProblem {
  /** A sentence for people. */
  readonly error: string
  /** The HTTP status of a refusal. */
  readonly status?: number
}

/** What is told of an event stream. */
export interface EventStreamListener {
  /** A message. @param data the object that its JSON describes */
  message(type: string, data: object): void
  /**
   * The connection was lost, or could not be made; another attempt follows.
   * @param problem undefined if the server has said why, in a message
   */
  lost(problem: EventStreamProblem | undefined): void
}

/**
 * An event stream of the server (server-sent events) that reconnects by itself and goes on where it was. Read with
 * `fetch`: a browser's `EventSource` gives up for good on a 503, does not say that it was a 401, does not notice that a
 * connection is dead, and has no jitter.
 */
export class ReconnectingEventStream {
  readonly #url: URL
  readonly #token: Token | undefined
  readonly #listener: EventStreamListener
  readonly #retry: Retry
  readonly #silence: SilenceWatch
  #stopListening: (() => void) | undefined
  /** The current attempt or connection; aborted when another takes its place. */
  #current: AbortController | undefined
  #lastEventId = ''

  /**
   * Does not connect yet.
   * @param interval how often the server sends something, ms, until its heartbeats have shown it
   * @throws RangeError when a delay is out of range
   */
  constructor(url: URL, interval: number, options: EventStreamOptions, listener: EventStreamListener) {
    this.#url = url
    this.#token = options.token
    this.#listener = listener
    this.#retry = new Retry(options)
    this.#silence = new SilenceWatch({
      interval,
      timedOut: (ms) => this.#renew(`Nothing was heard from the server for ${Math.round(ms / 1000)} s.`),
    })
  }

  /** Connects, and reconnects whenever the connection is lost. Does nothing if it runs. */
  start(): void {
    if (this.#stopListening) return
    this.#stopListening = onReturn(() => this.#returned())
    void this.#attempt()
  }

  /** Closes the connection and clears all timers. A later `start` goes on where it was. */
  stop(): void {
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#drop()
    this.#retry.cancel()
  }

  /** The connection has proven to work. */
  proven(): void {
    this.#retry.succeeded()
  }

  /** A heartbeat was received. @param time the server's, ms since 1970 */
  beat(time: number): void {
    this.#silence.beat(time)
  }

  #returned(): void {
    if (this.#current && this.#silence.isOver) this.#renew('The connection did not outlive the pause.')
    else this.#retry.hurry()
  }

  /** Takes the connection for dead and makes another. */
  #renew(error: string): void {
    this.#drop()
    this.#lost({ error })
    this.#retry.hurry()
  }

  #drop(): void {
    this.#current?.abort()
    this.#current = undefined
    this.#silence.stop()
  }

  #lost(problem: EventStreamProblem | undefined, told?: number): void {
    this.#retry.schedule(() => void this.#attempt(), told)
    this.#listener.lost(problem)
  }

  async #attempt(): Promise<void> {
    this.#drop()
    const current = new AbortController()
    this.#current = current
    this.#silence.start()
    let ending: Ending
    try {
      const response = await this.#open(current.signal)
      if (response.ok && isEventStream(response) && response.body)
        ending = await this.#read(response.body, current.signal)
      else ending = await refusalOf(response)
    } catch (error) {
      ending = { problem: { error: `No connection to the server: ${error instanceof Error ? error.message : error}` } }
    }
    // Stopped, or replaced by another attempt.
    if (current.signal.aborted) return
    this.#drop()
    this.#lost(ending.problem, ending.told)
  }

  async #open(signal: AbortSignal): Promise<Response> {
    const url = new URL(this.#url)
    if (this.#lastEventId !== '') url.searchParams.set('last_event_id', this.#lastEventId)
    const token = await tokenFor(url, this.#token)
    const timer = setTimeout(() => {
      this.#drop()
      this.#lost({ error: `No answer from the server in ${ANSWER_MS / 1000} s.` })
    }, ANSWER_MS)
    signal.addEventListener('abort', () => clearTimeout(timer))
    try {
      return await fetch(url.href, {
        headers: { Accept: 'text/event-stream', ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
        cache: 'no-store',
        signal,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Reads a stream to its end. */
  async #read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<Ending> {
    let hasBegun = false
    let hasReason = false
    const parser = new EventStreamParser(({ type, data }) => {
      const fields = parsed(data)
      if (signal.aborted || typeof fields !== 'object' || fields === null) return
      if (type === 'error') hasReason = true
      else hasBegun = true
      this.#lastEventId = parser.lastEventId
      this.#listener.message(type, fields)
    }, this.#lastEventId)
    const reader = body.getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || signal.aborted) break
      this.#silence.heard()
      parser.push(decoder.decode(value, { stream: true }))
    }
    // What a stream says of reconnecting counts where it has turned the client away: all say it, just in case.
    return {
      problem: hasReason ? undefined : { error: 'The connection ended.' },
      told: hasBegun ? undefined : parser.retry,
    }
  }
}

/** How a connection ended. */
interface Ending {
  readonly problem: EventStreamProblem | undefined
  /** How long the server asks to wait, ms. */
  readonly told?: number | undefined
}

/** How long the server may take to answer, ms. */
const ANSWER_MS = 20_000

function isEventStream(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
}

/** What an answer means that is no event stream. */
async function refusalOf(response: Response): Promise<Ending> {
  const { status, headers } = response
  const fields = parsed(await response.text())
  const isExplained = typeof fields === 'object' && fields !== null && 'error' in fields
  const error = isExplained ? String(fields.error) : `The server answered ${status}, without an event stream.`
  const seconds = Number(headers.get('retry-after'))
  return { problem: { error, status }, told: seconds > 0 ? seconds * 1000 : undefined }
}

/** What a JSON text means; undefined if it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
