import { accessToken, addUser } from '../lib/accounts.ts'
import type { CrowdFigures } from '../lib/crowd.ts'
import { costsOfDeliveries, costsOfIntake, type DeliveryCost, WATCHED_S } from '../lib/delivery-cost.ts'
import { type Benchmark, type BenchParts, times } from '../lib/figure.ts'
import { FRAME_BYTES } from '../lib/picture.ts'
import { Program } from '../lib/program.ts'
import { type ReadersManner, roomForReaders, startReaders } from '../lib/readers.ts'
import { type MeasuredServer, startBelvedere, startYardstick } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { median, ratios } from '../lib/statistics.ts'
import { freePort, type Workshop } from '../lib/workshop.ts'

const VIEWERS = 200
const FPS = 30
const REACH = 1.6
/** Clients of an event stream that are connected beside the viewers. */
const READERS = 1000
/** The same, of Socket.IO. */
const SOCKET_IO_CLIENTS = 100
/** Compared with the same without them: as much as the machine's noise. */
const REACH_READERS = 1.1

/**
 * Server CPU for each delivered frame: what a viewer costs. What taking the same frames in costs while nobody watches is
 * measured right before, and told apart: the yardstick takes none in, and a benchmark of its own measures it.
 */
export const fanOut: Benchmark = {
  name: 'fan-out',
  mostMinutes: 12,
  async run({ workshop, rounds }: BenchParts) {
    const belvedere = await startBelvedere(workshop, { flags: roomForReaders(READERS) })
    const bareSend = await startYardstick('broadcast', ['send', FRAME_BYTES, FPS])
    const rawWrite = await startYardstick('broadcast', ['raw', FRAME_BYTES, FPS])
    await addUser(belvedere, { username: 'viewer', role: 'guest', labels: ['bench'] })
    const token = await accessToken(belvedere, 'viewer')
    const ours = async (manner: 'pong' | 'mute', query = ''): Promise<Cost> => {
      const source = await startSource(belvedere, { label: 'bench', fps: FPS })
      try {
        const [intake = Number.NaN] = await costsOfIntake([belvedere.program])
        return await costOfDeliveries(workshop, belvedere, { manner, intake, query })
      } finally {
        await source.stop()
      }
    }
    const beside = async (manner: ReadersManner, count: number) => {
      const readers = await startReaders(workshop, belvedere.port, count, { manner })
      try {
        return await ours('pong')
      } finally {
        await readers.stop()
      }
    }
    const contenders = {
      c: () => kernelAlone(workshop),
      pong: () => ours('pong'),
      mute: () => ours('mute'),
      signedIn: () => ours('pong', `?token=${token}`),
      withReaders: () => beside('stream', READERS),
      withSocketIo: () => beside('socket.io', SOCKET_IO_CLIENTS),
      bareSend: () => costOfDeliveries(workshop, bareSend),
      rawWrite: () => costOfDeliveries(workshop, rawWrite),
    }
    const names = Object.keys(contenders) as (keyof typeof contenders)[]
    const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<
      (typeof names)[number],
      Cost[]
    >
    // The first time of each is for the compiler and the allocator, and does not count.
    await contenders.pong()
    for (let round = 0; round < rounds; round++) for (const name of names) costs[name].push(await contenders[name]())
    const each = (name: keyof typeof contenders) => costs[name].map(({ delivery }) => delivery)
    const toC = (name: keyof typeof contenders) => median(ratios(each(name), each('c')))
    const told = (name: keyof typeof contenders) =>
      `${times(toC(name))} (${median(each(name)).toFixed(1)} µs to ${median(each('c')).toFixed(1)} µs)`
    const withIntake = (name: 'pong' | 'mute' | 'signedIn') => {
      const all = costs[name].map(({ delivery, intake }) => delivery + intake)
      return `${told(name)}; including ingest ${times(median(ratios(all, each('c'))))}`
    }
    const toPong = (name: 'withReaders' | 'withSocketIo') => median(ratios(each(name), each('pong')))
    const figureBeside = (name: 'withReaders' | 'withSocketIo', others: string) => ({
      what: `${what}, viewers that answer pings, beside ${others}`,
      yardstick: 'the same without them',
      reach: `≤ ${REACH_READERS} ×`,
      measured: `${times(toPong(name))} (${median(each(name)).toFixed(1)} µs to ${median(each('pong')).toFixed(1)} µs)`,
      isReached: toPong(name) <= REACH_READERS,
    })
    const what = `server CPU for each delivered 50 KB frame, ${VIEWERS} viewers × ${FPS}/s on \`/ws/labels\``
    const yardstick = 'a C program doing only the `send()` calls'
    return {
      figures: [
        {
          what: `${what}, viewers that answer pings`,
          yardstick,
          reach: `≤ ${REACH} ×`,
          measured: withIntake('pong'),
          isReached: toC('pong') <= REACH,
        },
        {
          what: `${what}, viewers that do not`,
          yardstick,
          reach: `≤ ${REACH} ×`,
          measured: withIntake('mute'),
          isReached: toC('mute') <= REACH,
        },
        {
          what: `${what}, viewers that answer pings and are signed in as a user of that label`,
          yardstick,
          reach: `≤ ${REACH} ×`,
          measured: withIntake('signedIn'),
          isReached: toC('signedIn') <= REACH,
        },
        figureBeside('withReaders', `${READERS.toLocaleString('en-US')} SSE clients`),
        figureBeside('withSocketIo', `${SOCKET_IO_CLIENTS} Socket.IO clients`),
        { what: 'for comparison: bare `ws.send`', yardstick, reach: '–', measured: told('bareSend') },
        { what: 'for comparison: one prebuilt buffer', yardstick, reach: '–', measured: told('rawWrite') },
      ],
      raw: costs,
    }
  },
}

/** CPU time of the server for each delivery, and what the viewers got. */
interface Cost extends DeliveryCost {
  readonly crowd: CrowdFigures
}

/** @param options.intake what the server uses without viewers, µs a second */
async function costOfDeliveries(
  workshop: Workshop,
  { port, program }: MeasuredServer,
  { manner = 'pong', intake = 0, query = '' }: { manner?: 'pong' | 'mute'; intake?: number; query?: string } = {},
): Promise<Cost> {
  const path = `/ws/labels/bench${query}`
  const watching = { port, path, viewers: VIEWERS, manner, programs: [program], intakes: [intake] }
  const { costs, crowd } = await costsOfDeliveries(workshop, watching)
  const [cost = { delivery: Number.NaN, intake: Number.NaN }] = costs
  return { ...cost, crowd }
}

async function kernelAlone(workshop: Workshop): Promise<Cost> {
  const port = await freePort()
  const args = [port, VIEWERS, FRAME_BYTES, FPS, WATCHED_S + 2]
  const program = new Program(workshop.program('sender'), args.map(String))
  await program.line(/^listening$/)
  try {
    return await costOfDeliveries(workshop, { port, program })
  } finally {
    await program.stop()
  }
}
