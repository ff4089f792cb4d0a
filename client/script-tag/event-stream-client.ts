import { Listeners } from './listeners.ts'
import {
  type EventStreamOptions,
  type EventStreamProblem,
  ReconnectingEventStream,
} from './reconnecting-event-stream.ts'
import { homeUrl } from './script-origin.ts'
import { SeenEvents } from './seen-events.ts'

/** Something that happened, as `/stream/events` tells it. */
export interface StreamEvent {
  /** "<ms since 1970>-<sequence>"; left out while the event waits for the log that its server shares with others. */
  readonly event_id?: string
  /** In upper case: "DOORBELL_PRESSED" */
  readonly event_type: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly source: string
  readonly priority: 'LOW' | 'NORMAL' | 'HIGH' | 'CRITICAL'
  readonly data: unknown
  readonly label?: string
  readonly key?: string
  /** The path of its picture on the server. */
  readonly picture?: string
  /** Where servers share their log: the same before and after the event has its id. */
  readonly receipt?: string
}

/** The events of an EventStreamClient, with the server's own fields. */
export interface EventStreamClientEvents {
  /** The connection is made, at first or again. */
  connected: { readonly client_id: string; readonly server_time: number; readonly capabilities: readonly string[] }
  /** Something happened. At first come the newest that are kept; each comes once, in order. */
  event: StreamEvent
  /** Events may be missing, after `missed_from` and up to `missed_to`. */
  gap: { readonly missed_from: string; readonly missed_to: string }
  /** How the server is, every few seconds. */
  status: { readonly timestamp: number; readonly streaming_status: string; readonly [field: string]: unknown }
  /** The server has said what is wrong, or there is no connection. The client goes on trying. */
  error: EventStreamProblem
}

/** Options of an EventStreamClient. */
export interface EventStreamClientOptions extends EventStreamOptions {
  /** How often the server sends a heartbeat, ms, until it has shown it, default 30 000. */
  readonly heartbeatInterval?: number | undefined
}

/**
 * Follows what happens (`/stream/events`) and how the server is (`/stream/system-status`). Reconnects by itself, misses
 * nothing meanwhile, and says so if it did. The status is asked for only while somebody listens to `status`.
 */
export class EventStreamClient extends Listeners<EventStreamClientEvents> {
  readonly #events: ReconnectingEventStream
  readonly #status: ReconnectingEventStream
  readonly #seen = new SeenEvents()
  #isStarted = false
  #isConnected = false

  /**
   * Does not connect yet; call `connect`.
   * @param eventUrl default: `/stream/events` of the server that the script is from; `?labels=` and `?types=` filter
   * @param statusUrl default: `/stream/system-status` there
   * @throws TypeError when an address is invalid; RangeError when an option is out of range
   */
  constructor(eventUrl?: string | null, statusUrl?: string | null, options: EventStreamClientOptions = {}) {
    super()
    const interval = options.heartbeatInterval ?? 30_000
    this.#events = new ReconnectingEventStream(addressOf(eventUrl, '/stream/events'), interval, options, {
      message: (type, data) => this.#happened(type, data),
      lost: (problem) => {
        this.#isConnected = false
        if (problem) this.emit('error', problem)
      },
    })
    this.#status = new ReconnectingEventStream(addressOf(statusUrl, '/stream/system-status'), interval, options, {
      message: (type, data) => this.#told(type, data),
      // The event stream says it.
      lost: () => {},
    })
  }

  /** Whether the server has said that the connection is made, and it was not lost since. */
  get connected(): boolean {
    return this.#isConnected
  }

  /** Connects, and reconnects whenever the connection is lost. Does nothing if it is at it already. */
  connect(): void {
    this.#isStarted = true
    this.#events.start()
    this.#followStatus()
  }

  /** Closes the connections. A later `connect` goes on where it was. */
  disconnect(): void {
    this.#isStarted = false
    this.#isConnected = false
    this.#events.stop()
    this.#status.stop()
  }

  override on<Name extends keyof EventStreamClientEvents>(
    name: Name,
    listener: (event: EventStreamClientEvents[Name]) => void,
  ): this {
    super.on(name, listener)
    this.#followStatus()
    return this
  }

  override off<Name extends keyof EventStreamClientEvents>(
    name: Name,
    listener: (event: EventStreamClientEvents[Name]) => void,
  ): this {
    super.off(name, listener)
    this.#followStatus()
    return this
  }

  #followStatus(): void {
    if (this.#isStarted && this.isHeard('status')) this.#status.start()
    else this.#status.stop()
  }

  // What comes is the server's own JSON, which keeps to the types above.
  #happened(type: string, data: object): void {
    if (type === 'connected') {
      this.#isConnected = true
      this.#events.proven()
      this.emit('connected', data as EventStreamClientEvents['connected'])
    } else if (type === 'event') {
      if (this.#seen.add(data)) this.emit('event', data as StreamEvent)
    } else if (type === 'gap') {
      this.#seen.forget()
      this.emit('gap', data as EventStreamClientEvents['gap'])
    } else if (type === 'heartbeat') {
      const { timestamp } = data as { timestamp: number }
      this.#events.beat(timestamp * 1000)
    } else if (type === 'error') {
      // The server says why it ends the stream.
      this.#isConnected = false
      this.emit('error', data as EventStreamProblem)
    }
  }

  #told(type: string, data: object): void {
    if (type !== 'system_status') return
    const status = data as EventStreamClientEvents['status']
    this.#status.proven()
    this.#status.beat(status.timestamp * 1000)
    this.emit('status', status)
  }
}

/** The address of a stream: the given one, as the page would read it, or `path` on the server that the script is from. */
function addressOf(url: string | null | undefined, path: string): URL {
  return typeof url === 'string' ? new URL(url, document.baseURI) : homeUrl(path)
}
