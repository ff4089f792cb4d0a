// A bare Socket.IO server: `subscribe {event_types}` joins a room for each type, `POST /events` goes to the room of its type.
//
//   socket-io.ts [recovery]     with Socket.IO's own recovery, which keeps every packet for two minutes

import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { Server } from 'socket.io'

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())

let id = 0

const server = createServer(async (request, response) => {
  const { type, ...event } = Object(await json(request))
  const fields = {
    event_id: `${++id}`,
    event_type: type.toUpperCase(),
    timestamp: Date.now() / 1000,
    priority: 'NORMAL',
  }
  io.to(type).emit('live_event', { ...fields, ...event })
  response.setHeader('content-type', 'application/json')
  response.end('{"status":"ok"}')
})
const io = new Server(server, {
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  ...(process.argv[2] === 'recovery' && { connectionStateRecovery: {} }),
})
io.on('connection', (socket) => {
  socket.emit('connected', { client_id: socket.id })
  socket.on('subscribe', ({ event_types }: { event_types: string[] }) => {
    socket.join(event_types)
    socket.emit('subscribed', { event_types })
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})
