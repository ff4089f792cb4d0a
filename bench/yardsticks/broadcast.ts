// What a plain Node server pays for the fan-out: it makes frames itself, for all who connect.
//
//   broadcast.ts MANNER BYTES FPS
//
//   send       ws.send() for each viewer
//   raw        one prebuilt WebSocket frame, written to each raw socket
//   drained    ws.send() for each viewer whose bufferedAmount is 0: how servers usually spare slow viewers

import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { findStamp, stamp, stampedPicture } from '../lib/picture.ts'

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())

const [manner = 'send', bytes = '50000', fps = '30'] = process.argv.slice(2)
const picture = Buffer.from(stampedPicture(Number(bytes)))
const stampAt = findStamp(picture)
const viewers = new Map<WebSocket, Duplex>()

const server = createServer()
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
server.on('upgrade', (request, raw, head) => {
  sockets.handleUpgrade(request, raw, head, (viewer) => {
    viewers.set(viewer, raw)
    viewer.on('error', () => {})
    viewer.on('close', () => viewers.delete(viewer))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})

const start = performance.now()
for (let sequence = 0; ; sequence++) {
  const wait = start + (sequence * 1000) / Number(fps) - performance.now()
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
  // A copy for each round: some may still be waiting to be sent.
  const message = manner === 'raw' ? framed(picture) : Buffer.from(picture)
  stamp(message, message.length - picture.length + stampAt, sequence)
  for (const [viewer, raw] of viewers) {
    if (manner === 'raw') raw.write(message)
    else if (manner === 'send' || viewer.bufferedAmount === 0) viewer.send(message)
  }
}

/** A whole server-to-client frame: final, binary (RFC 6455, section 5.2). */
function framed(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(10)
  head[0] = 0x82
  head[1] = 127
  head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}
