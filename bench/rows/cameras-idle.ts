import { setTimeout as sleep } from 'node:timers/promises'
import { addCameras, startWithCameras, untilCameras } from '../lib/cameras.ts'
import { copyArguments, startFfmpeg } from '../lib/ffmpeg.ts'
import { type Benchmark, type Figure, times } from '../lib/figure.ts'
import { INSPECTABLE, Inspector } from '../lib/inspector.ts'
import { proportionalBytes, residentBytes } from '../lib/process-figures.ts'
import { cpuTimesOfTreesDuring, descendants } from '../lib/process-tree.ts'
import { CAMERA, startRtspCameras } from '../lib/rtsp-cameras.ts'
import { startBelvedere } from '../lib/servers.ts'
import { median, sum } from '../lib/statistics.ts'
import type { Workshop } from '../lib/workshop.ts'

const CAMERAS = 4
/** For the compiler. */
const SETTLE_S = 12
const SECONDS = 10
const MORE_CAMERAS = 8
const SETTLE_MEMORY_S = 5
const REACH_ON_DEMAND = 1
const REACH_ALWAYS = 5

/**
 * What cameras cost that nobody watches: three servers at the same time, without cameras, with cameras on demand and with
 * cameras that are always pulled, and an `ffmpeg` each that copies.
 */
export const camerasIdle: Benchmark = {
  name: 'cameras-idle',
  async run({ workshop, rounds }) {
    const { urls } = await startRtspCameras(workshop, CAMERAS)
    const none = await startBelvedere(workshop)
    const onDemand = await startWithCameras(workshop, { urls, runs: 'on-demand' })
    const always = await startWithCameras(workshop, { urls, runs: 'always' })
    const copying = urls.map((url) => startFfmpeg(copyArguments(url)))
    await untilCameras(onDemand, { state: 'idle' })
    await untilCameras(always, { state: 'live', is_decoding: false })
    await sleep(SETTLE_S * 1000)
    const pids = [none, onDemand, always].map(({ program }) => program.pid)
    const costs: Costs[] = []
    const children = { onDemand: 0, always: 0 }
    for (let round = 0; round < rounds; round++) {
      const all = await cpuTimesOfTreesDuring([...pids, ...copying.map(({ pid }) => pid)], SECONDS)
      const [rest = 0, demand = 0, pulled = 0, ...copies] = all.map((time) => time / SECONDS / 1e4)
      costs.push({ none: rest, onDemand: demand, always: pulled, copying: sum(copies) })
      children.onDemand = Math.max(children.onDemand, descendants(onDemand.program.pid).length)
      children.always = Math.max(children.always, descendants(always.program.pid).length)
    }
    await untilCameras(always, { state: 'live', is_decoding: false })
    const copyMemory = {
      resident: median(copying.map(({ pid }) => residentBytes(pid))),
      share: median(copying.map(({ pid }) => proportionalBytes(pid))),
    }
    for (const copier of copying) await copier.stop()
    const memory = await memoryOfCameras(workshop, urls)
    const of = (which: keyof Costs) => median(costs.map((each) => each[which]))
    const what = `${CAMERAS} ${CAMERA.what} RTSP cameras (2.5 Mb/s), nobody watching`
    const figure = (which: 'onDemand' | 'always', reach: number): Figure => ({
      what: `${what}, ${which === 'always' ? 'always pulled' : 'on demand'}: CPU time of the server and all that it has started`,
      yardstick: 'a server without cameras',
      reach: `≤ ${reach} % of a core, no \`ffmpeg\``,
      measured: `${of(which).toFixed(2)} % of a core, ${children[which]} processes (to ${of('none').toFixed(2)} %)`,
      isReached: of(which) <= reach && children[which] === 0,
    })
    const each = median(costs.map(({ always, none }) => (always - none) / CAMERAS))
    const copy = of('copying') / CAMERAS
    return {
      figures: [
        figure('onDemand', REACH_ON_DEMAND),
        figure('always', REACH_ALWAYS),
        {
          what: 'for comparison: one of them, always pulled: CPU time, without that of the server at rest',
          yardstick: 'an `ffmpeg -c copy -f null`',
          reach: '–',
          measured: `${times(each / copy)} (${each.toFixed(2)} % to ${copy.toFixed(2)} % of a core)`,
        },
        {
          what: 'for comparison: one of them, always pulled: memory',
          yardstick: 'an `ffmpeg -c copy -f null`',
          reach: '–',
          measured: `${megabytes(memory.resident)} resident (${megabytes(memory.held)} of heap and buffers) to ${megabytes(copyMemory.resident)} resident (${megabytes(copyMemory.share)} where shared libraries count by their share)`,
        },
      ],
      raw: { costs, children, memory, copyMemory },
    }
  },
}

/** CPU time, % of a core: of each server, and of all that copy. */
interface Costs {
  readonly none: number
  readonly onDemand: number
  readonly always: number
  readonly copying: number
}

/**
 * What a camera that is always pulled takes of the memory, bytes: by how much a server grows for each of many more, when it has
 * some.
 */
async function memoryOfCameras(workshop: Workshop, urls: readonly string[]) {
  const server = await startBelvedere(workshop, { nodeFlags: [INSPECTABLE] })
  const inspector = await Inspector.attach(server.program)
  const after = async (more: readonly string[]) => {
    await addCameras(server, more)
    await untilCameras(server, { state: 'live' })
    await sleep(SETTLE_MEMORY_S * 1000)
    const memory = await inspector.memory()
    return { resident: memory.rss, held: memory.heapUsed + memory.external }
  }
  const few = await after(urls)
  const more = Array.from({ length: MORE_CAMERAS }, (_, i) => urls[i % urls.length] ?? '')
  const many = await after(more)
  inspector.close()
  const each = (which: 'resident' | 'held') => (many[which] - few[which]) / MORE_CAMERAS
  return { resident: each('resident'), held: each('held'), few, many }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
