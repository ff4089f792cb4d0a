import { setTimeout as sleep } from 'node:timers/promises'
import { SITE, startWithCameras } from '../lib/cameras.ts'
import { plainTileArguments, startFfmpeg, TILE, tileArguments } from '../lib/ffmpeg.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { cpuTime } from '../lib/process-figures.ts'
import { cpuTimeOfTree } from '../lib/process-tree.ts'
import type { Program } from '../lib/program.ts'
import { CAMERA, startRtspCameras } from '../lib/rtsp-cameras.ts'
import { median, ratios, sum } from '../lib/statistics.ts'

const CAMERAS = 4
const SETTLE_S = 6
const SECONDS = 8
const REACH = 1.35
/** Of the pictures that are wanted; fewer are no comparison. */
const LEAST_SHOWN = 0.9

/**
 * What cameras cost that are watched on a wall, beside an `ffmpeg` each that makes the same pictures of the same video in the
 * same seconds. What the server uses at rest and for sending is counted as well.
 */
export const camerasWall: Benchmark = {
  name: 'cameras-wall',
  async run({ workshop, rounds }) {
    const { urls } = await startRtspCameras(workshop, CAMERAS)
    const { program, port } = await startWithCameras(workshop, { urls, runs: 'on-demand' })
    let shown = 0
    const viewer = openLiveClient(port)
    viewer.watch({ label: SITE, width: TILE.width, maxFps: TILE.fps, onFrame: () => void shown++ })
    const compared = async (args: (url: string) => string[], measurements: number) => {
      const alone = urls.map((url) => startFfmpeg(args(url)))
      await sleep(SETTLE_S * 1000)
      const costs: Costs[] = []
      while (costs.length < measurements) {
        const before = shown
        costs.push({ ...(await costsOf(program, alone)), shown: (shown - before) / SECONDS })
      }
      for (const each of alone) await each.stop()
      return costs
    }
    const same = await compared(tileArguments, rounds)
    const plain = await compared(plainTileArguments, 1)
    viewer.disconnect()
    const rate = median(same.map((costs) => costs.shown)) / CAMERAS
    const ratio = ratioOf(same)
    const told = (costs: readonly Costs[]) =>
      `${times(ratioOf(costs))} (${percent(costs.map(({ ours }) => ours))} to ${percent(costs.map(({ alone }) => alone))} of a core)`
    const what = `${CAMERAS} ${CAMERA.what} RTSP cameras watched on \`/ws/live\` at ${TILE.width} px × ${TILE.fps}/s: CPU time of the server and all its FFmpegs`
    return {
      figures: [
        {
          what,
          yardstick: 'an `ffmpeg` each that pulls, decodes, scales and encodes the same, alone',
          reach: `≤ ${REACH} ×`,
          measured: `${told(same)}, at ${rate.toFixed(1)} pictures/s each; the server's own process ${percent(same.map(({ server }) => server))}`,
          isReached: ratio <= REACH && rate >= LEAST_SHOWN * TILE.fps,
        },
        {
          what: 'for comparison: the same',
          yardstick: 'an `ffmpeg` each with its own choice of threads and scaler',
          reach: '–',
          measured: told(plain),
        },
      ],
      raw: { same, plain },
    }
  },
}

/** CPU time, µs a second. */
interface Costs {
  /** Of the server and all that it has started. */
  readonly ours: number
  /** Of these its own process. */
  readonly server: number
  /** Of all that work alone. */
  readonly alone: number
  /** Pictures a second that the viewer got. */
  readonly shown: number
}

async function costsOf(server: Program, alone: readonly Program[]): Promise<Omit<Costs, 'shown'>> {
  const read = () => ({
    at: performance.now(),
    ours: cpuTimeOfTree(server.pid),
    server: cpuTime(server.pid),
    alone: sum(alone.map(({ pid }) => cpuTimeOfTree(pid))),
  })
  const before = read()
  await sleep(SECONDS * 1000)
  const after = read()
  const seconds = (after.at - before.at) / 1000
  const perSecond = (which: 'ours' | 'server' | 'alone') => (after[which] - before[which]) / seconds
  return { ours: perSecond('ours'), server: perSecond('server'), alone: perSecond('alone') }
}

function ratioOf(costs: readonly Costs[]): number {
  return median(
    ratios(
      costs.map(({ ours }) => ours),
      costs.map(({ alone }) => alone),
    ),
  )
}

/** @param times CPU time, µs a second */
function percent(times: readonly number[]): string {
  return `${(median(times) / 1e4).toFixed(1)} %`
}
