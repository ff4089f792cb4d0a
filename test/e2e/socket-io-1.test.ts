import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { must } from '../support/accounts.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { untilSeen } from '../support/until.ts'

/* The first generation's client, 1.3.6, which there is for browsers only. */

const CLIENT = readFileSync(join(import.meta.dirname, '../fixtures/socket.io-client-1.3.6/socket.io.js'), 'utf8')

/** What its global has. */
type Io = (
  url: string,
  options: object,
) => {
  on(event: string, listener: (data: unknown) => void): void
  emit(event: string, data: unknown): void
  io: { engine: { transport: { name: string } } }
}

/** A page of the server with a client of that version. */
async function open(server: TestServer, namespace: string, transports: readonly string[]) {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  const { page } = await openPage(browser, `${server.url}/healthz`, { mayComplain: /404/ })
  await page.evaluate(CLIENT)
  const client = await page.evaluateHandle(
    ([namespace, transports]) => {
      const io: Io = Reflect.get(window, 'io')
      const socket = io(location.origin + namespace, { transports })
      const received: { name: string; data: unknown }[] = []
      for (const name of ['connect', 'connected', 'message', 'subscribed', 'live_event', 'error', 'disconnect'])
        socket.on(name, (data) => received.push({ name, data }))
      return { socket, received }
    },
    [namespace, transports] as const,
  )
  const all = (name: string) =>
    client.evaluate(
      ({ received }, name) => received.flatMap((event) => (event.name === name ? [event.data] : [])),
      name,
    )
  return {
    all,
    sees: (name: string, count = 1) => untilSeen(async () => (await all(name)).length >= count, `${count} ${name}`),
    emit: (name: string, data: Fields) =>
      client.evaluate(({ socket }, [name, data]) => socket.emit(name, data), [name, data] as const),
    transport: () => client.evaluate(({ socket }) => socket.io.engine.transport.name),
  }
}

it.each([
  ['/', ['polling']],
  ['/', ['websocket']],
  ['/socket.io/', ['polling', 'websocket']],
])('client 1.3.6 follows events in %s over %s', async (namespace, transports) => {
  const server = await TestServer.start()
  const client = await open(server, namespace, transports)
  await client.sees('message')
  expect(await client.all('message')).toEqual([{ data: 'Connected' }])
  const last = transports.at(-1)
  await untilSeen(async () => (await client.transport()) === last, `it uses ${last}`)
  await client.emit('subscribe', { event_types: ['bell'] })
  await client.sees('subscribed')
  await must(server, 'POST /events', { token: KEY, body: { type: 'bell', label: 'Nørth ✓', data: { n: 1 } } })
  await client.sees('live_event')
  expect(await client.all('live_event')).toMatchObject([{ event_type: 'BELL', label: 'Nørth ✓', data: { n: 1 } }])
  expect([await client.all('error'), await client.all('disconnect')]).toEqual([[], []])
})
