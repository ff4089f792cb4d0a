import { dataRoute } from '../../http/routes/data-route.ts'
import { streamRoutes } from '../../http/routes/stream-routes.ts'
import type { Feature } from '../feature.ts'
import { rememberStreams } from './remember-streams.ts'

/** `/streams`: every stream with its state, also of before the start; single pictures (snapshots), and values as they were measured. */
export const streams: Feature = {
  name: 'streams',
  async install(house) {
    const { app, guard, accounts, hub, clock, metrics, instruments, cameras, heldBytes, sinks, config } = house
    const maxWait = config.snapshot.max_wait_s
    const nextWait = config.streams.next_wait_ms
    const parts = { guard, hub, clock, turns: sinks.turns, counters: metrics, maxWait, nextWait }
    streamRoutes(app, { ...parts, accounts, instruments, cameras })
    dataRoute(app, { ...parts, heldBytes, maxBytes: config.data.max_bytes })
    await rememberStreams(house)
  },
}
