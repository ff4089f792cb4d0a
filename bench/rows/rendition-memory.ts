import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveClient } from '../../client/index.ts'
import type { Benchmark } from '../lib/figure.ts'
import { INSPECTABLE, Inspector, type MemoryUsage } from '../lib/inspector.ts'
import { openLiveClient } from '../lib/live-client.ts'
import { Counts } from '../lib/metrics.ts'
import { Program } from '../lib/program.ts'
import { PUBLISH_KEY, startBelvedere } from '../lib/servers.ts'

const STREAMS = 4
const FPS = 8
const WIDTHS = [160, 240, 320, 480, 640, 960]
/** For the threads, and for what each stream keeps. */
const WARM_UP = 300
const RENDITIONS = 1000
/** After that the threads have given up the memory of their last picture. */
const IDLE_S = 12
const REACH_RESIDENT = 10_000_000
const REACH_USED = 1_000_000

/** What is left of renditions that came and went. */
export const renditionMemory: Benchmark = {
  name: 'rendition-memory',
  async run({ workshop }) {
    const server = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE] })
    const path = join(import.meta.dirname, '../programs/changing.ts')
    const args = [`http://127.0.0.1:${server.port}`, PUBLISH_KEY, 'bench', STREAMS, FPS]
    const source = new Program(process.execPath, [path, ...args.map(String)])
    await source.line(/^publishing/)
    const inspector = await Inspector.attach(server.program)
    const client = openLiveClient(server.port)
    await comeAndGo(client, WARM_UP)
    const counts = await Counts.of(server)
    const before = await inspector.memory()
    await comeAndGo(client, RENDITIONS / 2)
    const half = await inspector.memory()
    await comeAndGo(client, RENDITIONS / 2)
    const all = await inspector.memory()
    const after = await Counts.of(server)
    await sleep(IDLE_S * 1000)
    const idle = await inspector.memory()
    client.disconnect()
    inspector.close()
    const made = after.sum('belvedere_rendition_made_total') - counts.sum('belvedere_rendition_made_total')
    const left = after.sum('belvedere_renditions')
    if (made < RENDITIONS || left > 0) throw new Error(`${made} pictures were made, ${left} renditions are left`)
    const resident = all.rss - before.rss
    const used = usedBy(all) - usedBy(before)
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1)
    const told = (value: (memory: MemoryUsage) => number) =>
      `${mb(value(before))} MB before, ${mb(value(half))} after ${RENDITIONS / 2}, ${mb(value(all))} after all, ${mb(value(idle))} after ${IDLE_S} s more`
    const what = `${RENDITIONS.toLocaleString('en-US')} renditions that came and went, of pictures that change their size`
    return {
      figures: [
        {
          what: `${what}: growth of the process`,
          yardstick: `the process after ${WARM_UP} others`,
          reach: `≤ ${REACH_RESIDENT / 1e6} MB`,
          measured: `${mb(resident)} MB (${told(({ rss }) => rss)})`,
          isReached: resident <= REACH_RESIDENT,
        },
        {
          what: `${what}: growth of heap and buffers`,
          yardstick: `the process after ${WARM_UP} others`,
          reach: `≤ ${REACH_USED / 1e6} MB`,
          measured: `${mb(used)} MB (${told(usedBy)})`,
          isReached: used <= REACH_USED,
        },
      ],
      raw: { before, half, all, idle, made },
    }
  },
}

function usedBy({ heapUsed, external }: MemoryUsage): number {
  return heapUsed + external
}

/** Watches streams at one width after another, each until it has a picture. */
async function comeAndGo(client: LiveClient, renditions: number): Promise<void> {
  const streams = Array.from({ length: STREAMS }, (_, i) => `camera-${i + 1}`)
  await Promise.all(
    streams.map(async (key, stream) => {
      for (let i = stream; i < renditions; i += STREAMS) {
        const width = WIDTHS[Math.floor(i / STREAMS + stream) % WIDTHS.length]
        const picture = Promise.withResolvers<void>()
        const watch = client.watch({ label: 'bench', key, width, onFrame: () => picture.resolve() })
        await picture.promise
        watch.end()
      }
    }),
  )
}
