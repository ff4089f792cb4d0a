import { readdir } from 'node:fs/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counters, FlowCounter } from '../core/counters.ts'
import { Listeners } from '../core/listeners.ts'
import { type StreamName, streamId } from '../core/stream-name.ts'

/** Values of gauges, read when the metrics are scraped. */
export interface GaugeReadings {
  /** Connections that watch. */
  viewers(): number
  /** The same at the other servers of the installation. */
  viewersElsewhere(): number
  /** How many servers the installation has, as far as this one knows. */
  servers(): number
  /** Open WebSockets, including those of publishers. */
  sockets(): number
  /** Bytes of unfinished messages and unread responses. */
  heldBytes(): number
  /** Every stream with its state. */
  streams(): { readonly state: string }[]
}

/**
 * Metrics in the Prometheus format, for `/metrics`. Counting is a plain `++` on a counter; the text is made when
 * scraped.
 */
export class Metrics implements Counters {
  /** Called whenever a limit is reached, with the name of its setting; must not throw. */
  readonly reachedLimits = new Listeners<[limit: string]>()
  readonly #registry = new Registry()
  readonly #in = new Flow()
  readonly #out = new Flow()
  readonly #age: Histogram
  readonly #limited: Counter

  constructor(readings: GaugeReadings) {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    // Lists of everything that is open, which takes tens of ms for a few thousand connections.
    for (const name of LISTS) this.#registry.removeSingleMetric(name)
    new Gauge({
      name: 'process_open_fds',
      help: 'Number of open file descriptors.',
      registers,
      async collect() {
        // Elsewhere than on Linux there is no such folder.
        this.set((await readdir('/proc/self/fd').catch(() => [])).length)
      },
    })
    this.#counter('belvedere_frames_in_total', 'Frames received', this.#in, 'frames')
    this.#counter('belvedere_bytes_in_total', 'Bytes of pictures received', this.#in, 'bytes')
    this.#counter(
      'belvedere_frames_ignored_total',
      'Frames received that were not newer than the newest',
      this.#in,
      'skipped',
    )
    this.#counter('belvedere_frames_out_total', 'Frames sent to viewers', this.#out, 'frames')
    this.#counter('belvedere_bytes_out_total', 'Bytes sent to viewers', this.#out, 'bytes')
    this.#counter(
      'belvedere_frames_skipped_total',
      'Frames that gave way to a newer one for a viewer',
      this.#out,
      'skipped',
    )
    this.#age = new Histogram({
      name: 'belvedere_confirmed_age_seconds',
      help: 'Time from receiving a frame to the confirmation that a viewer has it (a sample of the frames)',
      labelNames: ['dialect'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    this.#limited = new Counter({
      name: 'belvedere_limited_total',
      help: 'How often a limit was reached, and somebody refused, delayed or disconnected, by the name of the setting',
      labelNames: ['limit'],
      registers,
    })
    this.addGauge('belvedere_viewers', 'Connections that watch', readings.viewers)
    this.addGauge(
      'belvedere_installation_viewers',
      'Connections that watch, at all servers that share a Redis',
      () => readings.viewers() + readings.viewersElsewhere(),
    )
    this.addGauge('belvedere_installation_servers', 'Servers that share a Redis, this one among them', readings.servers)
    this.addGauge('belvedere_sockets', 'Open WebSockets, publishers among them', readings.sockets)
    this.addGauge('belvedere_held_bytes', 'Bytes of unfinished messages and unread responses', readings.heldBytes)
    new Gauge({
      name: 'belvedere_streams',
      help: 'Known streams by state',
      labelNames: ['state'],
      registers,
      collect() {
        this.reset()
        for (const { state } of readings.streams()) this.inc({ state })
      },
    })
  }

  /** Adds a gauge that is read when the metrics are scraped. */
  addGauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** The same by the values of a label. */
  addGauges(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [value, reading] of Object.entries(read())) this.set({ [label]: value }, reading)
      },
    })
  }

  /** Adds a counter that somebody else keeps, read when the metrics are scraped. */
  addCounter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  /** The same by the values of a label. */
  addCounters<Value extends string>(
    name: string,
    help: string,
    label: string,
    read: () => Readonly<Record<Value, number>>,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [value, count] of Object.entries<number>(read())) this.inc({ [label]: value }, count)
      },
    })
  }

  in(stream: StreamName, dialect: string): FlowCounter {
    return this.#in.counter(stream, dialect)
  }

  out(stream: StreamName, dialect: string): FlowCounter {
    return this.#out.counter(stream, dialect)
  }

  confirmed(dialect: string, age: number): void {
    this.#age.observe({ dialect }, Math.max(age, 0) / 1000)
  }

  limited(limit: string): void {
    this.#limited.inc({ limit })
    this.reachedLimits.notify(limit)
  }

  forget(stream: StreamName): void {
    this.#in.forget(stream)
    this.#out.forget(stream)
  }

  /** The media type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #counter(name: string, help: string, flow: Flow, field: keyof FlowCounter): void {
    new Counter({
      name,
      help,
      labelNames: ['label', 'key', 'dialect'],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const { stream, dialect, counter } of flow.all()) this.inc({ ...stream, dialect }, counter[field])
      },
    })
  }
}

/** Metrics of prom-client that make long lists, synchronously. */
const LISTS = [
  'process_open_fds',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
]

/** The counters of one direction, by stream and dialect. */
class Flow {
  readonly #streams = new Map<string, { readonly stream: StreamName; readonly counters: Map<string, FlowCounter> }>()

  counter(stream: StreamName, dialect: string): FlowCounter {
    const id = streamId(stream)
    const { counters } = this.#streams.get(id) ?? { counters: new Map<string, FlowCounter>() }
    const counter = counters.get(dialect) ?? { frames: 0, bytes: 0, skipped: 0 }
    this.#streams.set(id, { stream, counters: counters.set(dialect, counter) })
    return counter
  }

  *all(): Iterable<{ stream: StreamName; dialect: string; counter: FlowCounter }> {
    for (const { stream, counters } of this.#streams.values())
      for (const [dialect, counter] of counters) yield { stream, dialect, counter }
  }

  forget(stream: StreamName): void {
    this.#streams.delete(streamId(stream))
  }
}
