import { type EventResumeOptions, eventResumeFigure, measureEventResume } from '../lib/event-resume.ts'
import type { Benchmark } from '../lib/figure.ts'
import { roomForReaders } from '../lib/readers.ts'
import { startBelvedere } from '../lib/servers.ts'

const CROWD: EventResumeOptions = { way: 'socket.io', clients: 100, rate: 300, cuts: 5 }

/** Whether clients of Socket.IO 4 that are cut off again and again get every event, in order and once. */
export const socketIoResume: Benchmark = {
  name: 'socket-io-resume',
  async run({ workshop }) {
    const server = await startBelvedere(workshop, {
      // Those that were cut off may still count for a moment.
      flags: ['--limits.events_per_minute', '1000000', ...roomForReaders(10 * CROWD.clients)],
    })
    const raw = await measureEventResume(server, CROWD)
    return { figures: [eventResumeFigure(CROWD, 'of Socket.IO 4', raw)], raw }
  },
}
