import { type EventCrowdFigures, type EventCrowdOptions, measureEventCrowd } from '../lib/event-crowd.ts'
import { type Benchmark, times } from '../lib/figure.ts'
import { INSPECTABLE } from '../lib/inspector.ts'
import { roomForReaders } from '../lib/readers.ts'
import { startBelvedere, startYardstick } from '../lib/servers.ts'
import { median, ratios } from '../lib/statistics.ts'

const CLIENTS = 2000
const CROWD: EventCrowdOptions = { manner: 'socket.io', readers: CLIENTS, warmUp: 500, events: 50, period: 100 }
const REACH = 1.2

/** What one event costs that goes to very many clients of Socket.IO, and what they take. */
export const socketIoCrowd: Benchmark = {
  name: 'socket-io-crowd',
  mostMinutes: 10,
  async run({ workshop, rounds }) {
    const measure = {
      ours: () =>
        startBelvedere(workshop, {
          nodeFlags: [INSPECTABLE],
          flags: [...roomForReaders(2 * CLIENTS), '--limits.events_per_minute', '1000000'],
        }),
      bare: () => startYardstick('socket-io', [], [INSPECTABLE]),
      recovery: () => startYardstick('socket-io', ['recovery'], [INSPECTABLE]),
    }
    const raw: Record<keyof typeof measure, EventCrowdFigures[]> = { ours: [], bare: [], recovery: [] }
    for (let round = 0; round < Math.min(rounds, 3); round++)
      for (const name of Object.keys(measure) as (keyof typeof measure)[])
        raw[name].push(await measureEventCrowd(workshop, await measure[name](), CROWD))
    const all = (name: keyof typeof measure, key: 'bytes' | 'cpu') => raw[name].map((each) => each[key])
    const ratio = (key: 'bytes' | 'cpu', name: 'ours' | 'recovery') => median(ratios(all(name, key), all('bare', key)))
    const units = {
      bytes: (value: number) => `${(value / 1000).toFixed(1)} KB`,
      cpu: (value: number) => `${value.toFixed(1)} µs`,
    }
    const told = (key: 'bytes' | 'cpu', name: 'ours' | 'recovery') =>
      `${times(ratio(key, name))} (${units[key](median(all(name, key)))} to ${units[key](median(all('bare', key)))})`
    const crowd = `of ${CLIENTS.toLocaleString('en-US')} Socket.IO clients`
    const yardstick = 'a bare `socket.io` server'
    const recovery = 'for comparison: that server with its own recovery'
    return {
      figures: [
        {
          what: `memory of one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH} ×`,
          measured: told('bytes', 'ours'),
          isReached: ratio('bytes', 'ours') <= REACH,
        },
        { what: `${recovery}, memory`, yardstick, reach: '–', measured: told('bytes', 'recovery') },
        {
          what: `server CPU for an event to one ${crowd}`,
          yardstick,
          reach: `≤ ${REACH} ×`,
          measured: told('cpu', 'ours'),
          isReached: ratio('cpu', 'ours') <= REACH,
        },
        { what: `${recovery}, CPU`, yardstick, reach: '–', measured: told('cpu', 'recovery') },
      ],
      raw,
    }
  },
}
