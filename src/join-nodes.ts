import type { Config } from './config/all-settings.ts'
import type { Clock } from './core/clock.ts'
import type { Hub } from './core/hub.ts'
import type { Log } from './core/log.ts'
import type { Stream } from './core/stream.ts'
import { streamId } from './core/stream-name.ts'
import { joinRedisNodes } from './open-redis.ts'
import type { RedisFrameStore } from './store/redis/redis-frame-store.ts'
import type { RedisNodes } from './store/redis/redis-nodes.ts'

/** What joining the other servers of the installation needs. */
interface NodesParts {
  readonly clock: Clock
  readonly log: Log
  readonly hub: Hub
  /** Lists the streams of the others. */
  readonly frames: RedisFrameStore | undefined
}

/** Joins the other servers of the installation: they learn what is watched and fed here, and this one the same of them. */
export async function joinNodes(config: Config, { clock, log, hub, frames }: NodesParts): Promise<RedisNodes> {
  let isFedTwice = false
  const nodes = await joinRedisNodes(config, {
    clock,
    log,
    state: () => ({ viewers: hub.viewers, watched: hub.directory.watched(), fed: hub.directory.fed() }),
    changed(peers) {
      const { watched, fed } = peers
      hub.takeDemandElsewhere(watched)
      frames?.announce(fed)
      const twice = hub.directory.fed().find(({ name }) => fed.has(streamId(name)))
      if (twice && !isFedTwice) log.warn({ stream: twice.name }, FED_TWICE)
      isFedTwice = twice !== undefined
    },
  })
  const tell = () => nodes.stateChanged()
  const tellOfOurs = ({ declared }: Stream) => declared && !declared.options.isStored && tell()
  hub.observe({ changed: tellOfOurs, forgotten: tellOfOurs, demandChanged: tell })
  return nodes
}

const FED_TWICE =
  'another server feeds a stream that this one feeds, so its frames alternate: sources.pull must be true at one server only'
