import type { Clock } from '../../src/core/clock.ts'
import { temporaryFolder } from './command.ts'
import { PASSWORD } from './people.ts'
import { TestRedis } from './redis-server.ts'
import { TestServer } from './server.ts'
import { until } from './until.ts'

/** Two servers of one installation, with a Redis and a folder of their own. @param clock of the second one */
export async function twoNodes(config: Record<string, string | number> = {}, clock?: Clock) {
  const redis = await TestRedis.start()
  const shared = { 'redis.port': redis.port, data_dir: temporaryFolder(), admin_password: PASSWORD, ...config }
  const a = await TestServer.start({ config: shared })
  const b = await TestServer.start({ config: { ...shared, 'sources.pull': 'false' }, ...(clock && { clock }) })
  await until(async () => (await gauge(b, 'installation_servers')) === 2, 'they know each other')
  await until(async () => (await gauge(a, 'installation_servers')) === 2, 'they know each other')
  return { redis, a, b }
}

/** A gauge of `/metrics`. */
export async function gauge(server: TestServer, name: string): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(new RegExp(`^belvedere_${name} (\\d+)$`, 'm').exec(text)?.[1])
}
