import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, times } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { Counts } from '../lib/metrics.ts'
import { startNumbered } from '../lib/page-sources.ts'
import { Program } from '../lib/program.ts'
import { HD } from '../lib/scene.ts'
import { startBelvedere } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const STREAMS = 8
const FPS = 15
const WIDTHS = [320, 640, 960]
const SETTLE_S = 5
const SECONDS = 15
const ROUNDS = 3
const REACH_DELAY_MS = 5
const REACH_TASK_MS = 5
/** Of the frames that are wanted; the rest is under way when counting ends. */
const REACH_COUNTED = 0.98

/** Whether the event loop stays free while many pictures are made. */
export const renditionDelay: Benchmark = {
  name: 'rendition-delay',
  async run({ workshop, rounds }) {
    const server = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE] })
    const idle = new Program(process.execPath, [INSPECTABLE, join(import.meta.dirname, '../programs/idle-loop.ts')])
    const inspectors = { busy: await Inspector.attach(server.program), idle: await Inspector.attach(idle) }
    await startNumbered(server, { label: 'bench', streams: STREAMS, fps: FPS, size: HD })
    let shown = 0
    const clients = WIDTHS.map((width) => {
      const client = openLiveClient(server.port)
      client.watch({ label: 'bench', width, onFrame: () => void shown++ })
      return client
    })
    await sleep(SETTLE_S * 1000)
    const raw: Delays[] = []
    for (let round = 0; round < Math.min(rounds, ROUNDS); round++) {
      const before = await Counts.of(server)
      const shownBefore = shown
      for (const inspector of Object.values(inspectors)) await inspector.watchDelay()
      await inspectors.busy.watchTasks()
      await sleep(SECONDS * 1000)
      const task = await inspectors.busy.longestTask()
      const [busy, quiet] = [await inspectors.busy.usualDelay(), await inspectors.idle.usualDelay()]
      const longest = { busy: await inspectors.busy.longestDelay(), idle: await inspectors.idle.longestDelay() }
      const after = await Counts.of(server)
      const perSecond = (name: string) => (after.sum(name) - before.sum(name)) / SECONDS
      raw.push({
        busy,
        idle: quiet,
        longest,
        task,
        frames: perSecond('belvedere_frames_in_total'),
        made: perSecond('belvedere_rendition_made_total'),
        skipped: perSecond('belvedere_rendition_skipped_total'),
        shown: (shown - shownBefore) / SECONDS,
      })
    }
    for (const client of clients) client.disconnect()
    for (const inspector of Object.values(inspectors)) inspector.close()
    const of = (value: (delays: Delays) => number) => median(raw.map(value))
    const more = of(({ busy, idle }) => busy - idle)
    const task = of((delays) => delays.task.withoutCollections)
    const counted = of(({ made, skipped, frames }) => (made + skipped) / (frames * WIDTHS.length))
    const ms = (value: number) => `${value.toFixed(1)} ms`
    const rate = (value: number) => `${value.toFixed(0)}/s`
    const what = `${STREAMS} streams of ${HD.width}×${HD.height} × ${FPS}/s, each made at ${WIDTHS.length} widths`
    return {
      figures: [
        {
          what: `${what}: delay of the event loop, p99`,
          yardstick: 'an idle event loop in the same seconds',
          reach: `≤ its + ${REACH_DELAY_MS} ms`,
          measured: `${more < 0 ? '' : '+ '}${ms(more)} (${ms(of(({ busy }) => busy))} to ${ms(of(({ idle }) => idle))}; longest ${ms(of(({ longest }) => longest.busy))} to ${ms(of(({ longest }) => longest.idle))})`,
          isReached: more <= REACH_DELAY_MS,
        },
        {
          what: `${what}: CPU time of the longest task on the event loop`,
          yardstick: '–',
          reach: `≤ ${REACH_TASK_MS} ms`,
          measured: `${ms(task)}; with a garbage collection ${ms(of((delays) => delays.task.all))}`,
          isReached: task <= REACH_TASK_MS,
        },
        {
          what: `${what}: made, or skipped and counted`,
          yardstick: 'all that were wanted',
          reach: `≥ ${100 * REACH_COUNTED} %`,
          measured: `${times(counted)} (${rate(of(({ frames }) => frames * WIDTHS.length))} wanted, ${rate(of(({ made }) => made))} made, ${rate(of(({ skipped }) => skipped))} skipped; ${rate(of((delays) => delays.shown))} with the viewers)`,
          isReached: counted >= REACH_COUNTED,
        },
      ],
      raw,
    }
  },
}

/** Times in ms, numbers a second. */
interface Delays {
  readonly busy: number
  readonly idle: number
  readonly longest: { readonly busy: number; readonly idle: number }
  readonly task: { readonly all: number; readonly withoutCollections: number }
  readonly frames: number
  readonly made: number
  readonly skipped: number
  readonly shown: number
}
