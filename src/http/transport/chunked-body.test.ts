import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RawConnection } from '../../../test/support/raw.ts'
import { isChunked, joinChunks } from './chunked-body.ts'

let server: Server
let url: string
/** Takes the next request, which waits until something reads it. */
let received: (body: IncomingMessage) => void

beforeAll(async () => {
  server = createServer((body, response) => {
    if (isChunked(body)) joinChunks(body)
    body.on('close', () => response.end())
    received(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
})

function nextBody(): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    received = resolve
  })
}

async function piecesOf(body: IncomingMessage): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return pieces
}

it('of single bytes is in few pieces, though it waited', async () => {
  const connection = await RawConnection.open(url)
  const next = nextBody()
  connection.post('/', 'chunked', `${'1\r\nx\r\n'.repeat(100_000)}0\r\n\r\n`)
  const body = await next
  await once(body, 'readable')
  for (let n = 0; n < 100; n++) await new Promise((resolve) => setImmediate(resolve))
  expect(body.readableLength).toBeLessThan(150_000)
  const pieces = await piecesOf(body)
  expect(Buffer.concat(pieces).toString()).toBe('x'.repeat(100_000))
  expect(pieces.length).toBeLessThan(1000)
})

it('is the same whatever its chunks', async () => {
  const chunk = fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
    fc.uint8Array({ minLength: 1, maxLength: 3000, size: 'max' }),
    fc.constant(new Uint8Array(70_000).fill(7)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 60, size: 'max' }), fc.boolean(), async (chunks, isFlushed) => {
      const next = nextBody()
      const client = request(url, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } })
      for (const each of chunks) {
        client.write(each)
        if (isFlushed) await new Promise((resolve) => setImmediate(resolve))
      }
      client.end()
      const [pieces] = await Promise.all([piecesOf(await next), once(client, 'response')])
      expect(Buffer.compare(Buffer.concat(pieces), Buffer.concat(chunks))).toBe(0)
    }),
    { numRuns: 50 },
  )
})

it('may end early', async () => {
  const connection = await RawConnection.open(url)
  const next = nextBody()
  connection.post('/', 'chunked', '1\r\nx\r\n1\r\ny\r\n')
  const body = await next
  connection.socket.resetAndDestroy()
  await expect(piecesOf(body)).rejects.toThrow('aborted')
})
