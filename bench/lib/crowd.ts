import { Program } from './program.ts'
import type { Workshop } from './workshop.ts'

/** What viewers.c tells at its end. Times in ms. */
export interface CrowdFigures {
  readonly viewers: number
  /** Messages that all viewers together received whole. */
  readonly frames: number
  readonly pings: number
  readonly closed: number
  /** Publish → last byte, of every delivery. */
  readonly ages: Quantiles
  /** Different pictures that came. */
  readonly pictures: number
  /** Deliveries ÷ (pictures × viewers): 1 when nobody skipped any. */
  readonly share: number
  /** Publish → last byte at the last viewer, of every picture. */
  readonly last: Quantiles
}

interface Quantiles {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** A crowd of viewers that has watched for `settle` seconds and counts from now on, for `seconds`. */
export async function startCrowd(
  workshop: Workshop,
  options: { port: number; path: string; count: number; seconds: number; settle?: number; manner?: 'pong' | 'mute' },
): Promise<Program> {
  const { port, path, count, seconds, settle = 0, manner = 'pong' } = options
  const args = ['127.0.0.1', port, path, count, seconds, manner, settle]
  const crowd = new Program(workshop.program('viewers'), args.map(String))
  await crowd.line(/^counting$/)
  return crowd
}
