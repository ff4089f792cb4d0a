import { describe, expect, it } from 'vitest'
import { ServerCommand } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { jpeg } from '../support/pictures.ts'
import { clientFrame, RawConnection } from '../support/raw.ts'
import { authorized, type Fields, formOf, KEY, TestServer } from '../support/server.ts'
import { frameOf, type Message, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** Publishes a frame of about 50 KB that tells its number in each dialect. */
function publish(server: TestServer, number: number) {
  const file = jpeg(8 * number, 8, 50_000)
  return server.publish('site', 'camera', { file, warnings_json: `{"number":${number}}` })
}

/** A dialect that pushes, and how to tell the number of a frame in it. */
const DIALECTS: [name: string, path: string, numberOf: (message: Message) => number | undefined][] = [
  ['/ws/labels', '/ws/labels/site', (message) => digits(frameOf(message).header.warnings)],
  ['/api/ws/stream', '/api/ws/stream/site/camera', (message) => digits(jsonOf(message).warnings)],
  [
    '/ws/live',
    '/ws/live',
    (message) => (typeof message === 'string' ? undefined : Number(frameOf(message).header.sequence)),
  ],
]

function digits(text: unknown): number {
  return Number(/\d+/.exec(String(text))?.[0])
}

function jsonOf(message: Message): Fields {
  return JSON.parse(message.toString())
}

/** A viewer that numbers what it sees, and gives credits where they are asked for. */
async function open(server: TestServer, path: string, numberOf: (message: Message) => number | undefined) {
  const viewer = await TestSocket.open(server.url.replace('http', 'ws') + path)
  if (path === '/ws/live') viewer.ask({ type: 'watch', id: 1, label: 'site' })
  const next = async (): Promise<number> => {
    for (;;) {
      const message = await viewer.next()
      const number = numberOf(message)
      if (number === undefined) continue
      if (path === '/ws/live') viewer.ask({ type: 'credit', n: Number(frameOf(message).header.n) })
      return number
    }
  }
  return { viewer, next }
}

describe.each(DIALECTS)('a viewer on %s', (_name, path, numberOf) => {
  it('that stops reading and reads on is given at most three old frames, while others miss none', async () => {
    const server = await TestServer.start()
    await publish(server, 1)
    const slow = await open(server, path, numberOf)
    const quick = await open(server, path, numberOf)
    for (let number = 1; number <= 20; number++) {
      if (number > 1) await publish(server, number)
      expect(await quick.next()).toBe(number)
      expect(await slow.next()).toBe(number)
    }
    slow.viewer.ws.pause()
    for (let number = 21; number <= 200; number++) {
      await publish(server, number)
      expect(await quick.next()).toBe(number)
    }
    slow.viewer.ws.resume()
    const seen = [await slow.next()]
    while (seen.at(-1) !== 200) seen.push(await slow.next())
    expect(seen.length - 1, seen.join()).toBeLessThanOrEqual(3)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    await publish(server, 201)
    expect(await slow.next()).toBe(201)
  })
})

describe('a viewer that never reads', () => {
  it('costs the server no more memory than a frame, whatever it watches and however many there are', async () => {
    const server = await ServerCommand.start([], { BELVEDERE_PUBLISH_KEY: KEY }, asProcess)
    const post = async (size: number) => {
      const body = formOf({ label: 'site', key: 'camera', file: jpeg(16, 8, size) })
      const response = await fetch(`${server.url}/frames`, { method: 'POST', body, headers: authorized() })
      expect(response.status).toBe(200)
    }
    await post(500_000)
    const quick = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/labels/site`)
    await quick.nextFrame()
    // The process grows to its usual size first.
    for (let i = 0; i < 100; i++) {
      await post(500_000 + 4 * i)
      await quick.nextFrame()
    }
    const before = await memoryOf(server.url)
    const paths = ['/ws/labels/site', '/ws/live', '/api/ws/labels/site', '/api/ws/stream/site/camera']
    const viewers = []
    for (let i = 0; i < 40; i++) {
      const path = paths[i % paths.length] ?? ''
      const viewer = await RawConnection.open(server.url)
      viewer.socket.pause()
      viewer.upgrade(path)
      if (path === '/ws/live') viewer.write(clientFrame(0x81, '{"type":"watch","id":1}'))
      viewers.push(viewer)
    }
    await until(async () => (await metricsOf(server.url)).includes('belvedere_viewers 41\n'), 'all watch')
    // 1 GB for each of them, if it were kept.
    for (let i = 0; i < 500; i++) {
      const size = 500_000 + 4 * (i % 50)
      await post(size)
      await quick.nextFrame()
    }
    expect((await memoryOf(server.url)) - before).toBeLessThan(150_000_000)
    for (const viewer of viewers) viewer.socket.destroy()
    await until(async () => (await metricsOf(server.url)).includes('belvedere_viewers 1\n'), 'they are gone')
    expect(await server.stop()).toBe(0)
  })
})

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text()
}

/** What the server's process takes, in bytes. */
async function memoryOf(url: string): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await metricsOf(url))?.[1])
}
