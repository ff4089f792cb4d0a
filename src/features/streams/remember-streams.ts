import { join } from 'node:path'
import { usesRedis } from '../../open-redis.ts'
import { StreamMemory } from '../../store/files/stream-memory.ts'
import type { House } from '../feature.ts'

/**
 * Lists the streams that there were before the start, and remembers those that there are for the next one. Servers that share
 * a Redis know them from there. What sources declare afterwards is no longer only remembered.
 */
export async function rememberStreams(house: House): Promise<void> {
  const { config, clock, log, hub } = house
  const max = config.streams.remembered
  if (max === 0 || usesRedis(config)) return
  const path = join(config.data_dir, 'remembered-streams.json')
  const memory = new StreamMemory({ clock, log, path, max, records: () => hub.directory.records() })
  hub.remember(await memory.open())
  const stop = hub.observe(memory)
  house.onClosing(() => {
    stop()
    return memory.close()
  })
}
