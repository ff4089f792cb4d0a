import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { makeTestApp } from '../../../test/support/app.ts'
import { CONNECTION_RULES, unlimitedBytes, upgradeParts } from '../../../test/support/connections.ts'
import { anyone } from '../../../test/support/hub.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { TestSocket } from '../../../test/support/sockets.ts'
import { until } from '../../../test/support/until.ts'
import { ConnectionRegistry } from './connection-registry.ts'
import { SocketRoutes } from './socket-routes.ts'
import { routeUpgrades } from './upgrade.ts'

/** A burst of messages is twice those of a second. */
const BURST = 20

/** A server whose clock stands still, so that nobody may send more than one burst, with a route for viewers. */
async function start() {
  const clock = new ManualClock()
  const registry = new ConnectionRegistry({
    clock,
    rules: { ...CONNECTION_RULES, messagesPerSecond: BURST / 2 },
    heldBytes: unlimitedBytes(),
  })
  /** What was wrong with messages that were parsed. */
  const wrong: unknown[] = []
  const log = Object.assign(pino({ level: 'silent' }), { warn: (what: unknown) => wrong.push(what) })
  const upgrading = upgradeParts({ registry, clock, log, authorize: async () => anyone })
  const sockets = new SocketRoutes(upgrading)
  const handled: string[] = []
  const closed = Promise.withResolvers<void>()
  sockets.add({
    ...{ path: '/view', action: 'view', maxMessage: 100, goodbye: 1001 },
    visit: ({ socket }) => socket.listen({ text: (message) => handled.push(message), closed: () => closed.resolve() }),
  })
  const app = await makeTestApp()
  routeUpgrades(app.server, upgrading, [sockets])
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url, clock, registry, handled, wrong, closed: closed.promise }
}

async function flood(url: string) {
  const { ws } = await TestSocket.open(url.replace('http', 'ws'))
  for (let i = 0; i < 1000; i++) ws.send(`message ${i}`)
  ws.send('longer than a message may be '.repeat(10))
}

it('a viewer that has gone is not listened to: what it had sent is not even parsed', async () => {
  const { url, clock, registry, handled, wrong, closed } = await start()
  await flood(`${url}/view`)
  await until(() => handled.length === BURST, 'the burst')
  const gone = registry.close(0)
  clock.advance(1)
  await Promise.all([gone, closed])
  expect([handled.length, wrong]).toEqual([BURST, []])
})
