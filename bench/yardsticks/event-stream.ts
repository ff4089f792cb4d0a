// A plain Node server of server-sent events: `GET /stream/events` is followed, `POST /events` goes to all who follow.

import { createServer, type ServerResponse } from 'node:http'

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())

const readers = new Set<ServerResponse>()
let id = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write('retry: 3000\n\n')
    readers.add(response)
    response.on('close', () => readers.delete(response))
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const event = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
    const message = Buffer.from(`id: ${++id}\nevent: event\ndata: ${event}\n\n`)
    for (const reader of readers) reader.write(message)
    response.setHeader('content-type', 'application/json')
    response.end('{"status":"ok"}')
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})
