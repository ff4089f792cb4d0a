import { type EventResumeOptions, eventResumeFigure, measureEventResume } from '../lib/event-resume.ts'
import type { Benchmark } from '../lib/figure.ts'
import { startBelvedere } from '../lib/servers.ts'

const CROWD = { clients: 30, rate: 1000, cuts: 5 }
const SSE: EventResumeOptions = { ...CROWD, way: 'sse' }
const LIVE: EventResumeOptions = { ...CROWD, way: 'live' }

/** Whether clients that are cut off again and again get every event, in order and once. */
export const eventResume: Benchmark = {
  name: 'event-resume',
  async run({ workshop }) {
    const server = await startBelvedere(workshop, {
      // Those that were cut off may still count for a moment.
      flags: ['--limits.events_per_minute', '1000000', '--streaming.max_connections', '1000'],
    })
    const raw = { sse: await measureEventResume(server, SSE), live: await measureEventResume(server, LIVE) }
    const figures = [
      eventResumeFigure(SSE, 'on `/stream/events`', raw.sse),
      eventResumeFigure(LIVE, 'on `/ws/live`', raw.live),
    ]
    return { figures, raw }
  },
}
