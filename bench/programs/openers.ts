// Viewers that all connect at once.
//
//   openers.ts PORT COUNT < TOKENS
//
// Reads tokens, one a line, and gives them out in turns; none: nobody shows one. Prints how long it took until the last
// had the server's first word, in ms.

import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'

const [port = '', count = '1'] = process.argv.slice(2)
const tokens = (await text(process.stdin)).split('\n').filter((line) => line !== '')

const begin = performance.now()
const sockets = Array.from({ length: Number(count) }, (_, i) => {
  const token = tokens[i % tokens.length]
  const query = token === undefined ? '' : `?token=${token}`
  return new WebSocket(`ws://127.0.0.1:${port}/ws/live${query}`, { perMessageDeflate: false })
})
// The hello, which nobody gets who was not let in.
await Promise.all(sockets.map((socket) => once(socket, 'message')))
console.log(`opened ${(performance.now() - begin).toFixed(1)}`)
for (const socket of sockets) socket.terminate()
