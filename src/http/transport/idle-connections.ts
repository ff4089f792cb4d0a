import type { HttpConnection } from './http-connection.ts'

/* Which idle connection makes room for a new one. */

/** The connection idle for longest; undefined if none is idle. */
export function oldestIdle(connections: Iterable<HttpConnection>): HttpConnection | undefined {
  let oldest: HttpConnection | undefined
  for (const each of connections)
    if (each.isIdle && each.idleSince < (oldest?.idleSince ?? Number.POSITIVE_INFINITY)) oldest = each
  return oldest
}

/** The connection idle for longest of the network that has most among those with an idle one. */
export function oldestOfLargest(networks: Iterable<ReadonlySet<HttpConnection>>): HttpConnection | undefined {
  let size = 0
  let oldest: HttpConnection | undefined
  for (const connections of networks) {
    if (connections.size <= size) continue
    const idle = oldestIdle(connections)
    if (!idle) continue
    size = connections.size
    oldest = idle
  }
  return oldest
}
