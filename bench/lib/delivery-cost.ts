import { type CrowdFigures, startCrowd } from './crowd.ts'
import { cpuTimesDuring } from './process-figures.ts'
import type { Program } from './program.ts'
import { median } from './statistics.ts'
import type { Workshop } from './workshop.ts'

/** The seconds that deliveries are counted for. */
export const COUNTED_S = 4
/** For the pace of the probes to settle. */
const SETTLE_S = 2
/** Until the server has given up waiting for the first answer of viewers that never give any. */
const SETTLE_MUTE_S = 4
/** Seconds of taking frames in, each measured by itself. */
const INTAKE_SECONDS = 6

/** How long a crowd watches in all, s. */
export const WATCHED_S = SETTLE_S + COUNTED_S

/** CPU time of one program for each delivered frame, µs. */
export interface DeliveryCost {
  /** Without what it would have used if nobody watched. */
  readonly delivery: number
  /** What it would have used if nobody watched. */
  readonly intake: number
}

/** Who watches what. */
export interface Deliveries {
  readonly port: number
  readonly path: string
  readonly viewers: number
  readonly manner?: 'pong' | 'mute'
  /** Whose CPU time counts. */
  readonly programs: readonly Program[]
  /** What each of them uses while nobody watches, µs a second; if left out: nothing. */
  readonly intakes?: readonly number[]
}

/**
 * What programs use to take frames in while nobody watches, µs a second. The median of single seconds: the crowd before
 * has left its garbage, and the one collection of it (some 90 ms) is not what frames cost.
 */
export async function costsOfIntake(programs: readonly Program[]): Promise<number[]> {
  const pids = programs.map(({ pid }) => pid)
  const seconds: number[][] = []
  while (seconds.length < INTAKE_SECONDS) seconds.push(await cpuTimesDuring(pids, 1))
  return pids.map((_pid, i) => median(seconds.map((each) => each[i] ?? Number.NaN)))
}

/** What programs use for each frame that a crowd gets. @returns in the order of the programs */
export async function costsOfDeliveries(
  workshop: Workshop,
  { port, path, viewers, manner = 'pong', programs, intakes = [] }: Deliveries,
): Promise<{ readonly costs: readonly DeliveryCost[]; readonly crowd: CrowdFigures }> {
  const settle = manner === 'mute' ? SETTLE_MUTE_S : SETTLE_S
  const program = await startCrowd(workshop, { port, path, count: viewers, seconds: COUNTED_S, settle, manner })
  const pids = programs.map(({ pid }) => pid)
  const used = await cpuTimesDuring(pids, COUNTED_S)
  const crowd = await program.result<CrowdFigures>()
  await program.stop()
  const costs = used.map((time, i) => {
    const intake = (intakes[i] ?? 0) * COUNTED_S
    return { delivery: (time - intake) / crowd.frames, intake: intake / crowd.frames }
  })
  return { costs, crowd }
}
