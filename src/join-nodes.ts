import type { Config } from './config/all-settings.ts'
import type { Clock } from './core/clock.ts'
import type { Hub } from './core/hub.ts'
import type { Log } from './core/log.ts'
import type { Peers } from './core/peers.ts'
import type { Stream } from './core/stream.ts'
import { type StreamName, streamId } from './core/stream-name.ts'
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
  let fedElsewhere: Peers['fed'] = new Map()
  const nodes = await joinRedisNodes(config, {
    clock,
    log,
    state: () => ({ viewers: hub.viewers, watched: hub.directory.watched(), fed: hub.directory.fed() }),
    changed(peers) {
      const { watched, fed } = peers
      fedElsewhere = fed
      hub.takeDemandElsewhere(watched)
      frames?.announce(fed)
      const twice = hub.directory.fed().find(({ name }) => fed.has(streamId(name)))
      if (twice) warn(twice.name)
      isFedTwice = twice !== undefined
    },
  })
  const warn = (stream: StreamName) => {
    if (!isFedTwice) log.warn({ stream }, FED_TWICE)
    isFedTwice = true
  }
  const tell = () => nodes.stateChanged()
  const tellOfOurs = ({ declared, name }: Stream) => {
    if (!declared || declared.options.isStored) return
    tell()
    // The other may have fed it before, and has nothing new to say.
    if (fedElsewhere.has(streamId(name))) warn(name)
  }
  hub.observe({ changed: tellOfOurs, forgotten: tellOfOurs, demandChanged: tell })
  return nodes
}

const FED_TWICE =
  'another server feeds a stream that this one feeds, so its frames alternate: sources.pull must be true at one server only'
