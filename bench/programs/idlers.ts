// Viewers that connect, see the newest picture and then nothing more.
//
//   idlers.ts labels|live PORT LABEL COUNT
//
// Prints "connected" when all are, and holds them until it is stopped.

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { decodeImgMessage } from '../../src/wire/img-message.ts'

const [dialect = 'labels', port = '', label = '', count = '1'] = process.argv.slice(2)
const path = dialect === 'live' ? '/ws/live' : `/ws/labels/${label}`

let pictures = 0
for (let i = 0; i < Number(count); i++) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
  socket.on('message', (message: Buffer, isBinary: boolean) => {
    if (!isBinary) return
    if (dialect === 'live') socket.send(JSON.stringify({ type: 'credit', n: decodeImgMessage(message).header.n }))
    if (++pictures === Number(count)) console.log('connected')
  })
  await once(socket, 'open')
  if (dialect === 'live') socket.send(JSON.stringify({ type: 'watch', id: 1, label }))
}
