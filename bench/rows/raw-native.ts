import { setTimeout as sleep } from 'node:timers/promises'
import { IMAGE_BYTES, startBeamline } from '../lib/beamline.ts'
import { type CrowdFigures, startCrowd } from '../lib/crowd.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { cpuTime, cpuTimeDuring } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { startBelvedere } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const PULSES = 25
const SETTLE_S = 4
/** Node compiles what runs 25 times a second for good only after a while; an instrument is watched for hours. */
const WARM_UP_S = 25
const MEASURE_S = 6
const REACH = 1.5
const WATCH = { type: 'watch', id: 1, label: 'beamline', values: 'native' }

/** What it costs to pass the values of an instrument on as they were sent. */
export const rawNative: Benchmark = {
  name: 'raw-native',
  async run({ workshop, rounds }) {
    const { address, port } = await startBeamline(PULSES)
    const raw: Round[] = []
    for (let round = 0; round < rounds; round++)
      raw.push({
        c: await forwarded(workshop, address),
        ours: await watched(workshop, port),
        rest: await atRest(workshop),
      })
    const of = (value: (round: Round) => number) => median(raw.map(value))
    const toC = median(
      ratios(
        raw.map(({ ours, rest }) => ours - rest),
        raw.map(({ c }) => c),
      ),
    )
    return {
      figures: [
        {
          what: `640 × 480 float64 × ${PULSES}/s to one viewer of its native values on \`/ws/live\`: CPU time of a frame, the whole server without what it uses at rest`,
          yardstick: 'a C program that receives the same with libzmq and sends it over TCP',
          reach: `≤ ${REACH} ×`,
          measured: `${times(toC)} (${of(({ ours, rest }) => ours - rest).toFixed(0)} µs to ${of(({ c }) => c).toFixed(0)} µs; at rest ${of(({ rest }) => rest).toFixed(0)} µs in the same time)`,
          isReached: toC <= REACH,
        },
      ],
      raw,
    }
  },
}

/** CPU times of a frame, µs. */
interface Round {
  readonly c: number
  readonly ours: number
  readonly rest: number
}

async function forwarded(workshop: Workshop, address: string): Promise<number> {
  const program = new Program(workshop.program('forward'), [address])
  const [, port = ''] = await program.line(/^listening (\d+)$/)
  const readFor = [SETTLE_S + MEASURE_S, 1].map(String)
  const reader = new Program(workshop.program('discard'), ['127.0.0.1', port, '/', '1', ...readFor])
  await program.line(/^forwarding$/)
  await sleep(SETTLE_S * 1000)
  program.kill('SIGUSR1')
  const before = cpuTime(program.pid)
  await sleep(MEASURE_S * 1000)
  const used = cpuTime(program.pid) - before
  program.kill('SIGTERM')
  const { messages } = await program.result<{ messages: number }>()
  await Promise.all([program.exited(), reader.stop()])
  return used / messages
}

/** What a server that nothing comes to uses in the time of a frame: it is no part of what a frame costs. */
async function atRest(workshop: Workshop): Promise<number> {
  const { program } = await startBelvedere(workshop)
  await sleep(SETTLE_S * 1000)
  const used = await cpuTimeDuring(program.pid, MEASURE_S)
  await program.stop()
  return used / (MEASURE_S * PULSES)
}

async function watched(workshop: Workshop, source: string): Promise<number> {
  const { program, port } = await startBelvedere(workshop, { flags: ['--source-port', source] })
  const watching = { path: '/ws/live', count: 1, settle: WARM_UP_S, seconds: MEASURE_S, watch: WATCH }
  const crowd = await startCrowd(workshop, { port, ...watching })
  const used = await cpuTimeDuring(program.pid, MEASURE_S)
  const { frames, bytes } = await crowd.result<CrowdFigures>()
  await program.stop()
  if (bytes < frames * IMAGE_BYTES) throw new Error(`${frames} frames had ${bytes} bytes: these are no native values`)
  return used / frames
}
