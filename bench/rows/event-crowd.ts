import { type EventCrowdFigures, type EventCrowdOptions, measureEventCrowd } from '../lib/event-crowd.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { INSPECTABLE } from '../lib/inspector.ts'
import { roomForReaders } from '../lib/readers.ts'
import { startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const READERS = 10_000
const CROWD: EventCrowdOptions = { manner: 'stream', readers: READERS, warmUp: 2000, events: 10, period: 500 }
const REACH_BYTES = 18_000
const REACH_MEMORY = 1.2
const REACH_CPU = 1.3
const REACH_SLICE_MS = 10
const REACH_LAST_MS = 150

/** What one event costs that goes to very many readers of an event stream, and what they take. */
export const eventCrowd: Benchmark = {
  name: 'event-crowd',
  async run({ workshop, rounds }) {
    const ours: EventCrowdFigures[] = []
    const theirs: EventCrowdFigures[] = []
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      const belvedere = await startBelvedere(workshop, {
        nodeFlags: [INSPECTABLE],
        flags: [...roomForReaders(2 * READERS), '--limits.events_per_minute', '1000000'],
      })
      ours.push(await measureEventCrowd(workshop, belvedere, CROWD))
      const bare = await startYardstick('event-stream', [], [INSPECTABLE])
      theirs.push(await measureEventCrowd(workshop, bare, CROWD))
    }
    const of = (figures: EventCrowdFigures[], key: keyof EventCrowdFigures) => median(figures.map((each) => each[key]))
    const both = (key: keyof EventCrowdFigures) =>
      ratios(
        ours.map((each) => each[key]),
        theirs.map((each) => each[key]),
      )
    const memory = median(both('bytes'))
    const cpu = median(both('cpu'))
    const more = median(ours.map((each) => each.slice - each.idle))
    const crowd = `of ${READERS.toLocaleString('en-US')} SSE clients`
    const yardstick = 'a bare Node SSE server'
    return {
      figures: [
        {
          what: `memory of one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_BYTES / 1000} KB and ≤ ${REACH_MEMORY} ×`,
          measured: `${(of(ours, 'bytes') / 1000).toFixed(1)} KB, ${times(memory)} (to ${(of(theirs, 'bytes') / 1000).toFixed(1)} KB)`,
          isReached: of(ours, 'bytes') <= REACH_BYTES && memory <= REACH_MEMORY,
        },
        {
          what: `server CPU for an event to one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_CPU} ×`,
          measured: `${times(cpu)} (${of(ours, 'cpu').toFixed(1)} µs to ${of(theirs, 'cpu').toFixed(1)} µs)`,
          isReached: cpu <= REACH_CPU,
        },
        {
          what: `longest block of the event loop by an event ${crowd}`,
          yardstick: 'the same server at rest',
          reach: `≤ + ${REACH_SLICE_MS} ms`,
          measured: `+ ${more.toFixed(1)} ms (${of(ours, 'slice').toFixed(1)} ms to ${of(ours, 'idle').toFixed(1)} ms; the bare one ${of(theirs, 'slice').toFixed(0)} ms)`,
          isReached: more <= REACH_SLICE_MS,
        },
        {
          what: `publish → the last ${crowd}`,
          yardstick,
          reach: `≤ ${REACH_LAST_MS} ms on an idle machine`,
          measured: `${of(ours, 'last').toFixed(0)} ms to ${of(theirs, 'last').toFixed(0)} ms; all there`,
          isReached: of(ours, 'last') <= REACH_LAST_MS,
        },
      ],
      raw: { ours, theirs },
    }
  },
}
