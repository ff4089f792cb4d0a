import { describe, expect, it } from 'vitest'
import { ServerCommand } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { jpeg } from '../support/pictures.ts'
import { clientFrame, openRaw, RawConnection } from '../support/raw.ts'
import { KEY } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'
import { Witness } from '../support/witness.ts'

const TEXT = 0x81
const BINARY = 0x82

describe('a server in a process of its own', () => {
  it('refuses bodies of 100 MB with 413, whatever they hold, and keeps its memory', async () => {
    const server = await ServerCommand.start([], { BELVEDERE_PUBLISH_KEY: KEY }, asProcess)
    const witness = await Witness.start(server.url)
    const before = await memoryOf(server.url)
    for (const disposition of ['name="file"; filename="a.jpg"', 'name="metadata_json"', 'name="x"; filename="y"']) {
      const connection = await RawConnection.open(server.url)
      const beginning = `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`
      connection.write(
        `POST /frames HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${beginning.length + 100_000_000}\r\n\r\n${beginning}`,
      )
      const megabyte = Buffer.alloc(1_000_000, 'x')
      for (let sent = 0; sent < 100 && connection.received.length === 0; sent++) {
        const isTaken = new Promise<void>((resolve) => connection.socket.write(megabyte, () => resolve()))
        await Promise.race([isTaken, connection.ended])
      }
      await until(() => connection.received.length > 0, 'the answer')
      expect(Buffer.from(connection.received).toString()).toMatch(/^HTTP\/1\.1 4(13|22) /)
      await witness.isServed()
    }
    expect((await memoryOf(server.url)) - before).toBeLessThan(100_000_000)
    expect(await server.stop()).toBe(0)
  })

  it('keeps its memory when somebody asks and asks and never reads an answer', async () => {
    const server = await ServerCommand.start([], { BELVEDERE_PUBLISH_KEY: KEY }, asProcess)
    const publisher = await TestSocket.publisher(`${server.url.replace('http', 'ws')}/ws/frames`)
    for (let i = 0; i < 900; i++) publisher.send(imgMessage({ label: 'site', key: `a long name ${i}` }, jpeg(8, 8)))
    for (let i = 0; i < 900; i++) await publisher.nextJson()
    const witness = await Witness.start(server.url)
    const before = await memoryOf(server.url)
    const questions: [path: string, question: Buffer][] = [
      ['/ws/live', clientFrame(TEXT, '{"type":"watch","id":1,"max_fps":0}')],
      ['/ws/live', clientFrame(TEXT, '{"type":"clock","t0":1}')],
      ['/ws/stream/site/camera', clientFrame(TEXT, '{"action":"ping"}')],
      ['/ws/frames', clientFrame(BINARY, 'bad')],
      ['/ws/labels/site', clientFrame(0x89, Buffer.alloc(125))],
    ]
    const connections: RawConnection[] = []
    for (const [path, question] of questions) {
      const connection = await openRaw(server, path)
      connections.push(connection)
      connection.socket.pause()
      const many = Buffer.concat(Array.from({ length: Math.ceil(1_000_000 / question.length) }, () => question))
      for (let sent = 0; sent < 10; sent++) connection.write(many)
      // As much as the server takes: it stops reading long before that.
      await witness.isServed()
    }
    const pipelined = await RawConnection.open(server.url)
    pipelined.socket.pause()
    pipelined.write('GET /streams HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(5_000))
    for (let i = 0; i < 20; i++) await witness.isServed()
    expect((await memoryOf(server.url)) - before).toBeLessThan(150_000_000)
    // Whom it waits for when it goes down is another test's business.
    for (const { socket } of [...connections, pipelined]) socket.destroy()
    expect(await server.stop()).toBe(0)
  })
})

/** What the server's process takes, in bytes. */
async function memoryOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1])
}
