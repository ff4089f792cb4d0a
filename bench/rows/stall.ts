import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { FRAME_BYTES } from '../lib/picture.ts'
import { type MeasuredServer, startBelvedere } from '../lib/servers.ts'
import { startSource } from '../lib/source.ts'
import { Watcher } from '../lib/watcher.ts'

const FPS = 100
const STALL_S = 10
const OLD_MS = 300
const REACH_FRAMES = 3
/** Stalled at once for the memory of one: what the garbage collector leaves undone is then divided by as many. */
const CROWD = 20

/** What a viewer that stops reading gets when it reads on, and what it costs meanwhile. */
export const stall: Benchmark = {
  name: 'stall',
  async run({ workshop }) {
    const belvedere = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE] })
    await startSource(belvedere, { label: 'bench', fps: FPS })
    const inspector = await Inspector.attach(belvedere.program)
    const raw = {
      old: await oldFramesAfterStall(belvedere),
      pong: await memoryOfStalled(belvedere, inspector, 'pong'),
      mute: await memoryOfStalled(belvedere, inspector, 'mute'),
    }
    inspector.close()
    const what = `a viewer that stops reading for ${STALL_S} s, ${FPS} frames/s`
    const memory = (manner: 'pong' | 'mute', whose: string) => ({
      what: `${what}: our memory, viewers that ${whose}`,
      yardstick: '–',
      reach: '≤ one frame (50 KB)',
      measured: `${(raw[manner].eachBuffers / 1000).toFixed(1)} KB`,
      isReached: raw[manner].eachBuffers <= FRAME_BYTES * 1.02,
    })
    return {
      figures: [
        {
          what: `${what}, then reads on: frames older than ${OLD_MS} ms`,
          yardstick: '–',
          reach: `≤ ${REACH_FRAMES}`,
          measured: `${raw.old.old} (of ${raw.old.received} in the next 3 s)`,
          isReached: raw.old.old <= REACH_FRAMES && raw.old.received > 2 * FPS,
        },
        memory('pong', 'answer pings'),
        memory('mute', 'do not'),
      ],
      raw,
    }
  },
}

async function oldFramesAfterStall({ port }: MeasuredServer) {
  const watcher = await Watcher.open(port, '/ws/labels/bench')
  await sleep(3000)
  watcher.pause()
  await sleep(STALL_S * 1000)
  const woke = performance.now()
  watcher.resume()
  await sleep(3000)
  const after = watcher.between(woke, performance.now())
  watcher.close()
  const ages = after.map(({ age }) => age)
  return { received: ages.length, old: ages.filter((age) => age > OLD_MS).length, ages: ages.slice(0, 20) }
}

async function memoryOfStalled({ port }: MeasuredServer, inspector: Inspector, manner: 'pong' | 'mute') {
  const watchers: Watcher[] = []
  for (let i = 0; i < CROWD; i++) watchers.push(await Watcher.open(port, '/ws/labels/bench', manner))
  await sleep(2000)
  const reading = await inspector.memory()
  for (const watcher of watchers) watcher.pause()
  await sleep(STALL_S * 1000)
  const stalled = await inspector.memory()
  for (const watcher of watchers) watcher.close()
  await sleep(500)
  return {
    eachBuffers: (stalled.arrayBuffers - reading.arrayBuffers) / CROWD,
    eachResident: (stalled.rss - reading.rss) / CROWD,
    reading,
    stalled,
  }
}
