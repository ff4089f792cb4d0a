import type { Workshop } from './workshop.ts'

/** One row of the results table. */
export interface Figure {
  readonly what: string
  readonly yardstick: string
  readonly reach: string
  readonly measured: string
  /** Whether the target is met; undefined for a figure without a target, for comparison. */
  readonly isReached?: boolean
}

/** The result of a benchmark. */
export interface Outcome {
  readonly figures: readonly Figure[]
  /** The raw measurements. */
  readonly raw: unknown
}

/** The input of a benchmark. */
export interface BenchParts {
  readonly workshop: Workshop
  /** The number of rounds of comparisons measured in interleaved pairs. */
  readonly rounds: number
}

/** A benchmark: one file in bench/rows. */
export interface Benchmark {
  /** Its name on the command line. */
  readonly name: string
  /** Measures the built page in Chromium. Its name must begin with "page-", which scripts/bench.mjs checks. */
  readonly isOfPage?: boolean
  /** Runs only when named, because it takes long. */
  readonly isOnlyByName?: boolean
  /** The timeout in minutes; default: 5. */
  readonly mostMinutes?: number
  run(parts: BenchParts): Promise<Outcome>
}

/** "1.42 ×" */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`
}
