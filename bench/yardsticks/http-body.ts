// A bare HTTP server that reads the body of each request into one buffer and answers: the least that taking a picture can cost in Node.

import { createServer } from 'node:http'

const ANSWER = JSON.stringify({ status: 'ok', message: 'Frame stored successfully.' })

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (Buffer.concat(parts).length === 0) throw new Error('an empty body')
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length })
    response.end(ANSWER)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())
