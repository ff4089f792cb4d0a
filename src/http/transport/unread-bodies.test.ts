import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { RawConnection } from '../../../test/support/raw.ts'
import { until } from '../../../test/support/until.ts'
import { Quota } from '../../core/quota.ts'
import { UnreadBodies } from './unread-bodies.ts'

const PER_SECOND = 1_000_000

/** A server that refuses every request without its body; the address that the client names is the client. */
async function start({ share = 1e9, isLate = false } = {}) {
  const clock = new ManualClock()
  const heldBytes = new Quota({ max: 1e9, share })
  const limited = vi.fn()
  const unread = new UnreadBodies({ clock, counters: { limited }, bytesPerSecond: PER_SECOND, heldBytes })
  const bodies: { readonly of: string; readonly body: IncomingMessage; isRead: boolean | undefined }[] = []
  const server = createServer(async (request, response) => {
    // As much as Node buffers has arrived, as while a request waits for its refusal.
    if (isLate) await until(() => request.readableLength >= request.readableHighWaterMark, 'a full buffer')
    const body = { of: request.url ?? '', body: request, isRead: false as boolean | undefined }
    bodies.push(body)
    const read = unread.discard(request, { client: body.of, isPrivileged: false })
    if (read) void read.then(() => Object.assign(body, { isRead: true }))
    else body.isRead = undefined
    response.writeHead(401).end('no')
  })
  // Nothing is read for long where the test's clock stands still.
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ clock, heldBytes, limited, unread, bodies },
    open: () => RawConnection.open(url),
    async send(client: string, bytes: number) {
      const connection = await RawConnection.open(url)
      connection.post(client, bytes)
      connection.write(new Uint8Array(bytes))
      await connection.sees('401')
      return connection
    },
    /** Lets time pass, and what is read be read. */
    async pass(ms: number) {
      clock.advance(ms)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

it('are read no faster than the limit, and their senders have to wait', async () => {
  const { limited, bodies, clock, pass, send, heldBytes } = await start()
  const begin = clock.monotonic()
  const connection = await send('/a', 10 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  expect(limited).toHaveBeenCalledWith('limits.refused_bytes_per_s')
  expect(bodies[0]?.body.socket.bytesRead).toBeLessThan(1.5 * PER_SECOND)
  expect(heldBytes.used).toBeGreaterThan(0)
  while (bodies[0]?.isRead !== true) await pass(100)
  // A second's worth was read at once.
  expect(clock.monotonic() - begin).toBeGreaterThanOrEqual(8500)
  expect(connection.socket.bytesWritten).toBeGreaterThan(10 * PER_SECOND)
  expect(heldBytes.used).toBe(0)
})

it('are read no faster either when much has arrived before and the limit is used up', async () => {
  const { limited, bodies, pass, send } = await start({ isLate: true })
  await send('/a', 2 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  await send('/b', 3 * PER_SECOND)
  for (let n = 0; n < 10; n++) await pass(100)
  for (let n = 0; n < 100; n++) await pass(0)
  const read = bodies.reduce((sum, { body }) => sum + body.socket.bytesRead, 0)
  // A second's worth at once and one more, and what is buffered.
  expect(read).toBeLessThan(2.5 * PER_SECOND)
})

it('of a client that sends many do not make another one wait for all of them', async () => {
  const { bodies, pass, send, limited } = await start()
  for (let i = 0; i < 5; i++) await send('/many', 3 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  await send('/one', PER_SECOND)
  await until(async () => {
    await pass(100)
    return bodies.some(({ of, isRead }) => of === '/one' && isRead)
  }, 'the one')
  expect(bodies.filter(({ of, isRead }) => of === '/many' && isRead)).toEqual([])
})

it('that are small leave the connection usable, without a wait', async () => {
  const { bodies, send, limited } = await start()
  const connection = await send('/a', 10_000)
  connection.post('/b', 10_000, ' '.repeat(10_000))
  await until(() => bodies.length === 2 && bodies.every(({ isRead }) => isRead), 'both')
  expect(limited).not.toHaveBeenCalled()
})

it('that have arrived wait for nobody, however many come on one connection', async () => {
  const warned = vi.fn()
  process.on('warning', warned)
  onTestFinished(() => void process.off('warning', warned))
  const { bodies, send, open, limited } = await start()
  await send('/a', 3 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  const connection = await open()
  for (let n = 1; n <= 20; n++) {
    connection.post('/b', 2000, ' '.repeat(2000))
    await until(() => bodies.filter(({ of, isRead }) => of === '/b' && isRead).length === n, 'its end')
  }
  expect(warned).not.toHaveBeenCalled()
})

it('are forgotten when their connection is closed', async () => {
  const { heldBytes, limited, send, bodies, pass } = await start()
  const connection = await send('/a', 5 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  connection.socket.resetAndDestroy()
  await until(async () => {
    await pass(100)
    return bodies[0]?.isRead === true
  }, 'the end')
  expect(heldBytes.used).toBe(0)
})

it('are not read where as much is held for their sender as may be, in chunks, or at shutdown', async () => {
  const { send, open, bodies, unread, limited, heldBytes } = await start({ share: 200_000 })
  await send('/a', 5 * PER_SECOND)
  await until(() => limited.mock.calls.length > 0, 'the limit')
  await send('/a', PER_SECOND)
  expect(bodies[1]?.isRead).toBeUndefined()
  const connection = await open()
  connection.post('/c', 'chunked', '1\r\nx\r\n'.repeat(1000))
  await connection.sees('401')
  expect(bodies[2]?.isRead).toBeUndefined()
  unread.close()
  await until(() => bodies[0]?.isRead === true, 'nobody waits')
  expect(heldBytes.used).toBe(0)
  await send('/b', PER_SECOND)
  expect(bodies[3]?.isRead).toBeUndefined()
})
