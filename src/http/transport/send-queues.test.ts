import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { endianness, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { systemClock } from '../../telemetry/system-clock.ts'
import { keyOf, readLine, SendQueues } from './send-queues.ts'

/** A connection of this machine: the server's end of it, and the client's, which reads nothing. */
async function connection(host: string): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection')
  const theirs = connect(port, host === '::' ? '127.0.0.1' : host)
  theirs.pause()
  const [ours]: Socket[] = await accepted
  if (!ours) throw new Error('no connection')
  onTestFinished(() => {
    theirs.destroy()
    ours.destroy()
    server.close()
  })
  return { ours, theirs }
}

function socketOf(localAddress: string, localPort: number, remoteAddress: string, remotePort: number): Socket {
  return { localAddress, localPort, remoteAddress, remotePort } as Socket
}

// IPv6 may be turned off on a machine of tests.
it.runIf(process.platform === 'linux').each(['127.0.0.1', '::'])(
  'tells what a peer at %s has not acknowledged, and when it has',
  async (host) => {
    const { ours, theirs } = await connection(host)
    const queues = new SendQueues({ clock: systemClock })
    expect(await queues.of(ours)).toBe(0)
    ours.write(Buffer.alloc(20_000_000))
    await until(async () => ((await queues.of(ours)) ?? 0) > 10_000)
    theirs.resume()
    await until(async () => ours.writableLength === 0 && (await queues.of(ours)) === 0)
  },
)

it('answers all who ask with one reading, and nothing where the tables are missing', async () => {
  const { ours } = await connection('127.0.0.1')
  const queues = new SendQueues({ clock: systemClock, folder: '/nowhere' })
  expect(await Promise.all([queues.of(ours), queues.of(ours)])).toEqual([undefined, undefined])
  // It is not looked for again at once.
  expect(await queues.of(ours)).toBe(undefined)
})

it('gives up on tables that are too long', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-tables-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { ours } = await connection('127.0.0.1')
  const line = '   1: 0100007F:0001 0100007F:0002 01 00000000:00000000 00:00000000 00000000     0        0 1\n'
  const found = `   9: ${keyOf(ours)} 01 00000A28:00000000 00:00000000\n`
  const queues = new SendQueues({ clock: systemClock, folder })
  writeFileSync(join(folder, 'tcp'), line.repeat(3000) + found)
  expect(await queues.of(ours)).toBe(0xa28)
  writeFileSync(join(folder, 'tcp'), line.repeat(9000) + found)
  expect(await queues.of(ours)).toBe(undefined)
})

it('a socket that is closed is in no table', async () => {
  const { ours, theirs } = await connection('127.0.0.1')
  const queues = new SendQueues({ clock: systemClock })
  ours.destroy()
  theirs.destroy()
  expect(await queues.of(ours)).toBe(undefined)
})

it.runIf(endianness() === 'LE')('names sockets as the kernel does', () => {
  expect(keyOf(socketOf('127.0.0.1', 8000, '192.168.1.20', 50_000))).toBe('0100007F:1F40 1401A8C0:C350')
  expect(keyOf(socketOf('::ffff:127.0.0.1', 1, '::1', 2))).toBe(
    '0000000000000000FFFF00000100007F:0001 00000000000000000000000001000000:0002',
  )
  expect(keyOf(socketOf('fe80::1%eth0', 1, '2001:db8:1:2:3:4:5:6', 2))).toBe(
    '000080FE000000000000000001000000:0001 B80D0120020001000400030006000500:0002',
  )
})

it('reads the lines of a table, and not its heading', () => {
  expect(readLine('  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid')).toBeUndefined()
  const line = '12345: 0100007F:1F40 0100007F:C350 01 00000A28:00000001 01:00000014 00000000  1000        0 12345 2'
  expect(readLine(line)).toEqual({ key: '0100007F:1F40 0100007F:C350', unacknowledged: 0xa28 })
})
