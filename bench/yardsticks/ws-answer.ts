// A bare `ws` server that answers each message: the least that taking a picture can cost on a WebSocket in Node.

import { WebSocketServer } from 'ws'

const ANSWER = JSON.stringify({ status: 'ok', message: 'Frame stored successfully.' })

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})
server.on('connection', (socket) => socket.on('message', () => socket.send(ANSWER)))

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())
