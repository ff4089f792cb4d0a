import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Benchmark, type Figure, times } from '../lib/figure.ts'
import { cpuTime, residentBytes } from '../lib/process-figures.ts'
import { Program } from '../lib/program.ts'
import { SERVER_FLAGS } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const PROGRAMS = join(import.meta.dirname, '..', 'programs')
const FPS = 100
const SETTLE_S = 2
const MEASURE_S = 6
const REACH = 1.2

/** What receiving an instrument's stream costs while nobody watches it, and while its newest message is kept. */
export const zmtpReceive: Benchmark = {
  name: 'zmtp-receive',
  async run({ workshop, rounds }) {
    const sender = new Program(process.execPath, [join(PROGRAMS, 'zmtp-send.ts'), String(FPS)])
    const [, address = ''] = await sender.line(/^listening (\S+)$/)
    const ours = (choice: string) => () =>
      new Program(process.execPath, [...SERVER_FLAGS, join(PROGRAMS, 'zmtp-receive.ts'), address, choice])
    const c = () => new Program(workshop.program('zmtp-receive'), [address])
    // Node compiles it into its cache.
    await measure(ours('skip'), 0)
    const raw: Record<'c' | 'skip' | 'keep', Cost[]> = { c: [], skip: [], keep: [] }
    for (let round = 0; round < rounds; round++) {
      raw.c.push(await measure(c, MEASURE_S))
      raw.skip.push(await measure(ours('skip'), MEASURE_S))
      raw.keep.push(await measure(ours('keep'), MEASURE_S))
    }
    const each = (costs: readonly Cost[]) => costs.map(({ us }) => us)
    const ratio = (choice: 'skip' | 'keep') => median(ratios(each(raw[choice]), each(raw.c)))
    const us = (whose: keyof typeof raw) => `${median(each(raw[whose])).toFixed(0)} µs`
    const what = `640 × 480 float64 × ${FPS}/s over ZeroMQ (247 MB/s)`
    const figure = (choice: 'skip' | 'keep', how: string): Figure => ({
      what: `${what}, ${how}: CPU time of a message, the receiving alone`,
      yardstick: 'a C program that only receives, with libzmq',
      reach: choice === 'skip' ? `≤ ${REACH} ×` : '–',
      measured: `${times(ratio(choice))} (${us(choice)} to ${us('c')})`,
      ...(choice === 'skip' && { isReached: ratio(choice) <= REACH }),
    })
    const grown = median(raw.skip.map((cost) => cost.grown))
    return {
      figures: [
        figure('skip', 'nobody watching'),
        figure('keep', 'the newest kept'),
        {
          what: `${what}, nobody watching: memory over that after the first message`,
          yardstick: '–',
          reach: '–',
          measured: `${(grown / 1e6).toFixed(1)} MB (a message has 2.5 MB)`,
        },
      ],
      raw,
    }
  },
}

interface Cost {
  /** CPU time of a message, µs. */
  readonly us: number
  /** How much more memory it has at the end than at its first message, bytes. */
  readonly grown: number
  readonly messages: number
}

/** Starts a receiver and measures it. */
async function measure(start: () => Program, seconds: number): Promise<Cost> {
  const program = start()
  await program.line(/^receiving$/)
  const first = residentBytes(program.pid)
  await sleep(SETTLE_S * 1000)
  program.kill('SIGUSR1')
  const before = cpuTime(program.pid)
  await sleep(seconds * 1000)
  const used = cpuTime(program.pid) - before
  const grown = residentBytes(program.pid) - first
  program.kill('SIGTERM')
  const { messages } = await program.result<{ messages: number }>()
  await program.exited()
  return { us: used / messages, grown, messages }
}
