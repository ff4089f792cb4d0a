import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { Program } from '../lib/program.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { median } from '../lib/statistics.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const PULSES = 100
/** Viewers in a round, one after the other. */
const VIEWERS = 20
const SETTLE_S = 3
const REACH_MS = 1000 / PULSES + 20

/** How soon the first viewer of an instrument that nobody watched has a picture, and of which pulse. */
export const firstPulse: Benchmark = {
  name: 'first-pulse',
  async run({ workshop, rounds }) {
    const sender = new Program(process.execPath, [
      MAIN,
      'simulate',
      'beamline',
      '-o',
      '0',
      '--pub',
      '--rate',
      String(PULSES),
    ])
    const [address = '', port = ''] = await sender.line(/tcp:\/\/[\d.]+:(\d+)/)
    const config = join(workshop.folder, 'first-pulse.yaml')
    const source = { name: 'beamline', host: '127.0.0.1', port: Number(port), socket: 'sub' }
    writeFileSync(config, JSON.stringify({ instruments: { sources: [source] } }))
    const raw: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const c = new Program(workshop.program('pulse-times'), [address])
      await c.line(/^receiving$/)
      const server = await startBelvedere(workshop, { flags: ['--config', config] })
      await sleep(SETTLE_S * 1000)
      // The first of all starts a thread.
      const views = [await firstView(server)]
      for (let i = 0; i < VIEWERS; i++) {
        // At any moment between two pulses.
        await sleep(300 + 11.7 * i)
        views.push(await firstView(server))
      }
      await sleep(100)
      c.kill('SIGTERM')
      const { pulses } = await c.result<{ pulses: readonly (readonly [number, number])[] }>()
      await Promise.all([c.exited(), server.program.stop()])
      const [ofThread = 0, ...others] = views.map((view) => comparedWith(pulses, view).late)
      raw.push({
        ofThread,
        late: median(others),
        latest: Math.max(...others),
        pulsesLater: Math.max(...views.slice(1).map((view) => comparedWith(pulses, view).pulsesLater)),
      })
    }
    const of = (value: (round: Round) => number) => median(raw.map(value))
    const late = of((round) => round.late)
    const ms = (value: number) => `${value.toFixed(0)} ms`
    return {
      figures: [
        {
          what: `an instrument of 640 × 480 float64 × ${PULSES}/s that nobody watched: the first viewer has its picture`,
          yardstick: 'the next pulse after the watch is there in a C program (libzmq)',
          reach: `≤ one pulse + 20 ms later`,
          measured: `${ms(late)} later (the latest of ${VIEWERS}: ${ms(of(({ latest }) => latest))}; at most ${of(({ pulsesLater }) => pulsesLater)} pulses later); the first since the server's start ${ms(of(({ ofThread }) => ofThread))}`,
          isReached: late <= REACH_MS,
        },
      ],
      raw,
    }
  },
}

/** Times in ms after the C program had the first pulse that came after the watch. */
interface Round {
  /** Of the viewer for whom a thread is started. */
  readonly ofThread: number
  readonly late: number
  readonly latest: number
  /** How many pulses after that one the picture is, at most. */
  readonly pulsesLater: number
}

/** The first picture that a viewer has. Times in ms since 1970. */
interface View {
  readonly watchedAt: number
  readonly pulse: number
  readonly shownAt: number
}

async function firstView(server: MeasuredServer): Promise<View> {
  const client = openLiveClient(server.port)
  await new Promise<void>((resolve) => client.on('connected', () => resolve()))
  const watchedAt = now()
  const view = await new Promise<View>((resolve) =>
    client.watch({
      label: 'beamline',
      onFrame: ({ pulse }) => resolve({ watchedAt, pulse: Number(pulse?.id), shownAt: now() }),
    }),
  )
  client.disconnect()
  return view
}

function comparedWith(pulses: readonly (readonly [number, number])[], { watchedAt, pulse, shownAt }: View) {
  const [next, nextAt] = pulses.find(([, at]) => at >= watchedAt) ?? [Number.NaN, Number.NaN]
  return { late: shownAt - nextAt, pulsesLater: pulse - next }
}

/** ms since 1970, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
