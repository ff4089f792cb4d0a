import { once } from 'node:events'
import { createServer } from 'node:net'

/*
 * Below those that systems give to whoever asks for any (from 32768 on Linux, 49152 elsewhere), so that nothing else takes
 * one of them while what a test stops and starts again on it is down: no connection, and none that a client makes to
 * itself as it tries again and again.
 */
const FIRST = 12_000
const COUNT = 20_000

/** Processes that run side by side begin at different ones. */
let next = (process.pid * 97) % COUNT

/** A TCP port of this machine that nothing listens on, for what is started on it more than once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + (next++ % COUNT)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
