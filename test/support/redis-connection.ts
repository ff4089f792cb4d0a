import { RedisConnection, type RedisConnectionParts } from '../../src/store/redis/redis-connection.ts'
import { until } from './until.ts'

/**
 * Opens a connection, and waits until it is there or has failed: `RedisConnection.open` waits for seconds alone, so that a
 * server starts without its Redis too.
 */
export async function openConnection(parts: RedisConnectionParts): Promise<RedisConnection> {
  const connection = await RedisConnection.open(parts)
  await until(() => !isPending(connection.failure?.message), 'the connection')
  return connection
}

/** Whether it is not known yet how an attempt to connect ends, by what is said of it. */
export function isPending(said = ''): boolean {
  return said.includes('is not connected yet')
}
