import { expect, it } from 'vitest'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { listOf, must } from '../support/accounts.ts'
import { twoNodes } from '../support/nodes.ts'
import { KEY, type TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const QUICK = {
  'redis.scan_s': 0.1,
  'streams.stale_after_ms': 1000,
  'streams.offline_after_s': 2,
  'streams.first_offline_after_s': 2,
  'events.disk_free_bytes': 0,
  'limits.calls_per_minute': 100_000,
}

/** Two servers at which the same camera is watched. @param ahead by how much the clock of the second one is wrong, ms */
async function watchedAtBoth(ahead = 0) {
  const nodes = await twoNodes(QUICK, { ...systemClock, now: () => systemClock.now() + ahead })
  const { a, b } = nodes
  await a.publish('site', 'cam')
  await until(async () => (await b.streams()).length === 1, 'it is listed at the other')
  for (const server of [a, b]) await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
  return nodes
}

/** What was reported of the camera, oldest first. */
async function reportsIn(server: TestServer): Promise<unknown[]> {
  const page = await must(server, 'GET /events?labels=site&limit=100', { token: KEY })
  return listOf(page, 'events').map(({ type }) => type)
}

/**
 * What was reported of the stream or of a warning: each change once. A busy machine may be slower than the stream is allowed
 * to be, so that it is offline and online once more, or nobody sees that it is stale first.
 */
function expectEachOnce(reports: readonly unknown[], prefix: string, first: string, last: string): void {
  const types = reports.filter((type) => String(type).startsWith(prefix))
  expect(types.filter((type, i) => type === types[i - 1])).toEqual([])
  expect([types[0], types.at(-1)]).toEqual([first, last])
}

const whenReported = (server: TestServer, type: string, times = 1) =>
  until(
    async () => (await reportsIn(server)).filter((each) => each === type).length >= times,
    `${type}, ${times} times`,
  )

it('what both servers see of a stream is one event, also with clocks that are minutes apart', async () => {
  // Side by side: each waits until its stream has gone offline twice.
  await Promise.all([0, 300_000, -300_000].map(seesOneEventOfEach))
})

async function seesOneEventOfEach(ahead: number): Promise<void> {
  const { a, b } = await watchedAtBoth(ahead)
  const warnings = '{"no_hardhat": {"count": 1}}'
  for (let i = 0; i < 4; i++) await a.publish('site', 'cam', { warnings_json: warnings })
  await whenReported(a, 'warning_raised')
  await whenReported(a, 'stream_offline')
  await b.publish('site', 'cam')
  await whenReported(b, 'stream_online', 2)
  await whenReported(b, 'stream_offline', 2)
  for (const server of [a, b]) {
    await until(async () => (await server.streams())[0]?.state === 'offline', 'it sees that too')
    await until(async () => (await reportsIn(server)).at(-1) === 'stream_offline', 'it has the last report too')
    const reports = await reportsIn(server)
    expectEachOnce(reports, 'stream_', 'stream_online', 'stream_offline')
    expectEachOnce(reports, 'warning_', 'warning_raised', 'warning_cleared')
  }
}

it('the server that is left reports what the other one no longer can', async () => {
  const { a, b } = await watchedAtBoth()
  await a.close()
  await whenReported(b, 'stream_offline')
  expectEachOnce(await reportsIn(b), 'stream_', 'stream_online', 'stream_offline')
})

it('a server that starts does not report again what is known', async () => {
  const { a, b } = await watchedAtBoth()
  await whenReported(a, 'stream_online')
  await b.close()
  await a.publish('site', 'cam')
  await whenReported(a, 'stream_offline')
  expectEachOnce(await reportsIn(a), 'stream_', 'stream_online', 'stream_offline')
})
