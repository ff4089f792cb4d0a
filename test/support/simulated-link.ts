import { type Confirmation, ProbePace, SendWindow } from '../../src/core/send-window.ts'

/** A simulated network link and its load, for testing the send window. Times in ms. */
export interface LinkRun {
  /** The round-trip time of the idle link. */
  readonly roundTrip: number
  readonly bytesPerSecond: number
  readonly frameBytes: number
  readonly fps: number
  readonly duration: number
  /** Whether the peer answers pings. Otherwise only draining limits it, which an unlimited buffer never does. */
  readonly answers?: boolean
  /** When the peer stops and resumes reading. */
  readonly pause?: readonly [number, number]
  /** A change of the link's rate. */
  readonly change?: { readonly at: number; readonly bytesPerSecond: number }
  /** The maximum random extra delay of a confirmation. */
  readonly jitter?: number
  readonly random?: () => number
  /** Default: by pongs. */
  readonly confirmation?: Confirmation
  /** The size of the kernel's send buffer in bytes; more waits undrained. Default: unlimited. */
  readonly bufferBytes?: number
}

/** A frame that arrived: when, and its age. */
export interface Arrival {
  readonly at: number
  readonly age: number
}

/** The result of a run. */
export interface LinkReport {
  readonly arrivals: readonly Arrival[]
  readonly probes: number
  /** The maximum number of frames in flight. */
  readonly mostInFlight: number
}

/** Sends the newest frame whenever the window and the kernel's buffer allow it, as `sinks/frame-sender.ts` does. */
export function runLink(run: LinkRun): LinkReport {
  const window = new SendWindow(new ProbePace(), run.confirmation ?? 'pong')
  const agenda = new Agenda()
  const arrivals: Arrival[] = []
  let newest: number | undefined
  let serial = 0
  let probes = 0
  let linkFreeAt = 0
  let mostInFlight = 0

  const rateAt = (now: number) => (run.change && now >= run.change.at ? run.change.bytesPerSecond : run.bytesPerSecond)
  const readAt = (arrival: number) =>
    run.pause && arrival >= run.pause[0] && arrival < run.pause[1] ? run.pause[1] : arrival

  /** When the kernel will have accepted all written data. */
  const drainedAt = (now: number) =>
    run.bufferBytes === undefined ? now : linkFreeAt - (run.bufferBytes * 1000) / rateAt(now)

  const pump = (now: number) => {
    while (newest !== undefined) {
      if (drainedAt(now) > now) {
        agenda.at(drainedAt(now), pump)
        return
      }
      const open = window.open(now)
      if (open !== true) {
        window.held(now)
        if (open !== Number.POSITIVE_INFINITY) agenda.at(now + Math.max(open, 1), pump)
        return
      }
      const published = newest
      newest = undefined
      const mine = ++serial
      const isProbed = window.sent(mine, run.frameBytes, published, now)
      mostInFlight = Math.max(mostInFlight, window.inFlight)
      linkFreeAt = Math.max(linkFreeAt, now) + (run.frameBytes * 1000) / rateAt(now)
      const arrival = readAt(linkFreeAt + run.roundTrip / 2)
      agenda.at(arrival, (at) => arrivals.push({ at, age: at - published }))
      if (!isProbed) continue
      probes++
      if (run.answers === false) continue
      const jitter = (run.jitter ?? 0) * (run.random?.() ?? 0)
      agenda.at(arrival + run.roundTrip / 2 + jitter, (at) => {
        window.confirmed(mine, at)
        pump(at)
      })
    }
  }

  for (let k = 0; k * (1000 / run.fps) < run.duration; k++)
    agenda.at((k * 1000) / run.fps, (now) => {
      newest = now
      pump(now)
    })
  agenda.run(run.duration)
  return { arrivals, probes, mostInFlight }
}

/** A queue of events in order of time (discrete-event simulation). */
class Agenda {
  readonly #entries: { readonly at: number; readonly order: number; readonly action: (now: number) => void }[] = []
  #order = 0

  at(at: number, action: (now: number) => void): void {
    const entry = { at, order: this.#order++, action }
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#entries[middle]
      if (other && (other.at < at || (other.at === at && other.order < entry.order))) low = middle + 1
      else high = middle
    }
    this.#entries.splice(low, 0, entry)
  }

  run(until: number): void {
    for (let next = this.#entries.shift(); next && next.at <= until; next = this.#entries.shift()) next.action(next.at)
  }
}
