import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { must, textOf } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/event_stream.py')

/** Follows an event stream with Python, until the end of the test. */
function follow(server: TestServer, path: string) {
  const lines: Fields[] = []
  const errors: string[] = []
  const child = spawn(PYTHON, [SCRIPT, server.url + path], { stdio: ['ignore', 'pipe', 'pipe'] })
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
  const exited = new Promise<void>((resolve, reject) => {
    child.on('close', () => (errors.length > 0 ? reject(new Error(errors.join(''))) : resolve()))
  })
  exited.catch(() => {})
  const of = (event: string) => lines.filter((line) => line.event === event)
  return {
    lines,
    of,
    exited,
    sees: (event: string, count = 1) =>
      until(() => {
        if (errors.length > 0) throw new Error(errors.join(''))
        return of(event).length >= count
      }, `${count} ${event}`),
  }
}

async function post(server: TestServer, n: number): Promise<string> {
  const body = { type: 'bell', label: 'Nørth', data: { n } }
  return textOf(await must(server, 'POST /events', { token: KEY, body }), 'id')
}

describe('Python’s requests and sseclient-py', () => {
  it('follow the stream, and go on exactly where they were after the server was down', async () => {
    const config = { data_dir: temporaryFolder(), port: await freePort() }
    const first = await TestServer.start({ config, history: new EventThread() })
    const reader = follow(first, '/stream/events?client_id=python')
    await reader.sees('connected')
    const ids = [await post(first, 0), await post(first, 1)]
    await reader.sees('event', 2)
    await first.close()
    const second = await TestServer.start({ config, history: new EventThread() })
    await reader.sees('connected', 2)
    ids.push(await post(second, 2))
    await reader.sees('event', 3)
    expect(reader.of('connected')[0]).toMatchObject({ id: null, data: { client_id: 'python' } })
    expect(reader.of('event').map(({ id }) => id)).toEqual(ids)
    expect(reader.of('event')[2]).toMatchObject({ data: { event_type: 'BELL', label: 'Nørth', data: { n: 2 } } })
    expect(reader.of('gap')).toEqual([])
    // Why the first connection ended.
    expect(reader.of('error')).toMatchObject([{ id: null, data: { error: expect.any(String) } }])
  })

  it('are told when to come again where there is no room, and come in once there is', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 1 } })
    const one = new AbortController()
    await fetch(`${server.url}/stream/events`, { signal: one.signal })
    const reader = follow(server, '/stream/events')
    await until(() => reader.lines.length >= 2, 'the answer and its end')
    expect(reader.lines.slice(0, 2)).toEqual([
      { event: 'error', id: null, retry: '30000', data: { error: 'Max connections reached' } },
      { end: true },
    ])
    one.abort()
    await reader.sees('connected')
  })

  it('read why they are refused', async () => {
    const server = await TestServer.start()
    const reader = follow(server, '/stream/events?token=wrong')
    await reader.exited
    expect(reader.lines).toEqual([{ status: 401, body: { error: 'Unauthorized' } }])
  })
})
