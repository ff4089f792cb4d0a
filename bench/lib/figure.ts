import type { Workshop } from './workshop.ts'

/** One row of the table. */
export interface Figure {
  readonly what: string
  readonly yardstick: string
  readonly reach: string
  readonly measured: string
  /** undefined: a figure to compare with, that nothing has to reach */
  readonly isReached?: boolean
}

/** What a benchmark tells. */
export interface Outcome {
  readonly figures: readonly Figure[]
  /** All that was measured, for whoever wants to look closer. */
  readonly raw: unknown
}

/** What a benchmark is given. */
export interface BenchParts {
  readonly workshop: Workshop
  /** Of what is measured in interleaved pairs. */
  readonly rounds: number
}

/** One file in bench/rows. */
export interface Benchmark {
  /** What it is called on the command line. */
  readonly name: string
  /** Measures the built page in Chromium. Its name begins with "page-", by which scripts/bench.mjs knows. */
  readonly isOfPage?: boolean
  /** Takes so long that it runs only when it is named. */
  readonly isOnlyByName?: boolean
  /** Longer than this it takes only if something hangs; 5 if not given. */
  readonly mostMinutes?: number
  run(parts: BenchParts): Promise<Outcome>
}

/** "1.42 ×" */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`
}
