import { type CrowdFigures, startCrowd } from '../lib/crowd.ts'
import type { Benchmark } from '../lib/figure.ts'
import { FRAME_BYTES } from '../lib/picture.ts'
import { Program } from '../lib/program.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { median } from '../lib/statistics.ts'
import { freePort, type Workshop } from '../lib/workshop.ts'

const VIEWERS = 1000
const FPS = 30
const SECONDS = 6
/** Connecting so many takes its time, and is no part of the figure. */
const SETTLE_S = 3
const REACH_MS = 10

/** How long it takes until the last of very many viewers has a picture. */
export const crowd: Benchmark = {
  name: 'crowd',
  async run({ workshop, rounds }) {
    const belvedere = await startBelvedere(workshop)
    const ours: CrowdFigures[] = []
    const theirs: CrowdFigures[] = []
    await oursOnce(workshop, belvedere)
    for (let round = 0; round < rounds; round++) {
      ours.push(await oursOnce(workshop, belvedere))
      theirs.push(await kernelAlone(workshop))
    }
    const p99 = (figures: CrowdFigures[]) => median(figures.map(({ last }) => last.p99))
    const share = (figures: CrowdFigures[]) => (100 * median(figures.map((figure) => figure.share))).toFixed(1)
    const more = median(ours.map(({ last }, i) => last.p99 - (theirs[i]?.last.p99 ?? Number.NaN)))
    const rate = median(ours.map(({ frames }) => frames / SECONDS / VIEWERS))
    return {
      figures: [
        {
          what: `publish → last byte at the last of ${VIEWERS.toLocaleString('en-US')} viewers × ${FPS}/s × 50 KB, p99`,
          yardstick: "the C program's own",
          reach: `≤ its + ${REACH_MS} ms`,
          measured: `+ ${more.toFixed(1)} ms (${p99(ours).toFixed(1)} ms to ${p99(theirs).toFixed(1)} ms; ${share(ours)} % of ${rate.toFixed(1)} frames/s delivered)`,
          isReached: more <= REACH_MS,
        },
      ],
      raw: { ours, theirs },
    }
  },
}

async function oursOnce(workshop: Workshop, server: MeasuredServer): Promise<CrowdFigures> {
  const source = await startSource(server, { label: 'bench', fps: FPS })
  try {
    return await watch(workshop, server.port)
  } finally {
    await source.stop()
  }
}

async function kernelAlone(workshop: Workshop): Promise<CrowdFigures> {
  const port = await freePort()
  const program = new Program(
    workshop.program('sender'),
    [port, VIEWERS, FRAME_BYTES, FPS, SETTLE_S + SECONDS + 2].map(String),
  )
  await program.line(/^listening$/)
  try {
    return await watch(workshop, port)
  } finally {
    await program.stop()
  }
}

async function watch(workshop: Workshop, port: number): Promise<CrowdFigures> {
  const viewers = { count: VIEWERS, seconds: SECONDS, settle: SETTLE_S }
  const program = await startCrowd(workshop, { port, path: '/ws/labels/bench', ...viewers })
  const figures = await program.result<CrowdFigures>()
  await program.stop()
  return figures
}
