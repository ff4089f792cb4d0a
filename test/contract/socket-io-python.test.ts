import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { must, startHouse } from '../support/accounts.ts'
import { freePort } from '../support/free-port.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/socket_io.py')

/** Follows events with Python, until the end of the test. */
function follow(server: TestServer, transport: string, ...token: string[]) {
  const lines: Fields[] = []
  const errors: string[] = []
  const child = spawn(PYTHON, [SCRIPT, server.url, transport, ...token], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts.map((line) => JSON.parse(line)))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const all = (event: string) => lines.filter((line) => line.event === event).map(({ data }) => data)
  return {
    all,
    errors,
    sees: (event: string, count = 1) =>
      until(() => all(event).length >= count, `${count} ${event}`).catch((error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(lines)} ${errors.join('')}`)
      }),
  }
}

async function post(server: TestServer, n: number): Promise<void> {
  await must(server, 'POST /events', { token: KEY, body: { type: 'bell', label: 'Nørth', data: { n } } })
}

it.each(['websocket', 'polling'])(
  'python-socketio follows events over %s, with one argument each',
  async (transport) => {
    const config = { port: await freePort() }
    const server = await TestServer.start({ config })
    const reader = follow(server, transport)
    await reader.sees('subscribed')
    await post(server, 1)
    // In the client each message has a thread of its own, so that they come in any order.
    for (const event of ['connected', 'live_event']) await reader.sees(event)
    expect(reader.all('connected')).toMatchObject([{ client_id: expect.any(String) }])
    expect(reader.all('live_event')).toMatchObject([{ event_type: 'BELL', label: 'Nørth', data: { n: 1 } }])
    for (const event of ['command_result', 'acknowledged']) await reader.sees(event)
    const result = { command: 'dance', success: false, error: 'Unknown command: dance' }
    expect([reader.all('command_result'), reader.all('acknowledged')]).toEqual([[result], [result]])
    // It comes again by itself.
    await server.close()
    await reader.sees('disconnect')
    const again = await TestServer.start({ config })
    await reader.sees('subscribed', 2)
    await post(again, 2)
    await reader.sees('live_event', 2)
    expect(reader.errors).toEqual([])
  },
)

it('python-socketio is let in by its token, and told why it is not', async () => {
  const { server, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
  const { access } = await add('ann')
  const refused = follow(server, 'websocket')
  await refused.sees('connect_error')
  expect(refused.all('connect_error')).toMatchObject([{ data: { code: 'unauthenticated' } }])
  await follow(server, 'websocket', access).sees('subscribed')
})
