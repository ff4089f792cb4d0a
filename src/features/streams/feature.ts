import { streamRoutes } from '../../http/routes/stream-routes.ts'
import type { Feature } from '../feature.ts'

/** `/streams`: every stream with its state, and single pictures (snapshots). */
export const streams: Feature = {
  name: 'streams',
  install({ app, guard, accounts, hub, clock, metrics, instruments, config }) {
    const maxWait = config.snapshot.max_wait_s
    const nextWait = config.streams.next_wait_ms
    streamRoutes(app, { guard, accounts, hub, clock, counters: metrics, instruments, maxWait, nextWait })
  },
}
