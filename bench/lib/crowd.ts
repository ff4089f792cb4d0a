import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** The report of viewers.c. Times in ms. */
export interface CrowdFigures {
  readonly viewers: number
  /** The complete messages received by all viewers together. */
  readonly frames: number
  /** Of these messages. */
  readonly bytes: number
  readonly pings: number
  readonly closed: number
  /**
   * The latency from publishing to the last byte, of every delivery; on `/ws/live` from the pulse to when the first bytes were
   * sent.
   */
  readonly ages: Quantiles
  /** On `/ws/live`: from the pulse to when a viewer has read the first bytes. */
  readonly seen: Quantiles
  /** The number of different pictures received. */
  readonly pictures: number
  /** Deliveries ÷ (pictures × viewers): 1 when no viewer skipped any. */
  readonly share: number
  /** The latency from publishing to the last byte at the last viewer, of every picture. */
  readonly last: Quantiles
}

interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Starts many viewers, which watch for `settle` seconds (warm-up) and then measure for `seconds`. */
export async function startCrowd(
  workshop: Workshop,
  options: {
    port: number
    path: string
    count: number
    seconds: number
    settle?: number
    manner?: 'pong' | 'mute'
    /** What they watch on `/ws/live`: the ages are those of pulses then. */
    watch?: object
  },
): Promise<Program> {
  const { port, path, count, seconds, settle = 0, manner = 'pong', watch } = options
  const args = ['127.0.0.1', port, path, count, seconds, manner, settle, ...(watch ? [JSON.stringify(watch)] : [])]
  const crowd = new Program(workshop.program('viewers'), args.map(String))
  await crowd.line(/^counting$/)
  return crowd
}
