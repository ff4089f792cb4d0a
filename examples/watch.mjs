#!/usr/bin/env node
// Watches every stream over one /ws/live connection and says what it sees. Node 22 or newer, nothing to install.
//
//   node watch.mjs [label] [key]
const url = (process.env.BELVEDERE_URL ?? 'http://127.0.0.1:8000').replace('http', 'ws')
const [label, key] = process.argv.slice(2)
const token = process.env.BELVEDERE_TOKEN
const socket = new WebSocket(`${url}/ws/live${token ? `?token=${encodeURIComponent(token)}` : ''}`)
socket.binaryType = 'arraybuffer'
socket.onopen = () => socket.send(JSON.stringify({ type: 'watch', id: 1, label, key, max_fps: 10 }))
socket.onclose = ({ code, reason }) => console.log(`closed: ${code} ${reason}`)
socket.onmessage = ({ data }) => {
  if (typeof data === 'string') {
    console.log(data)
    return
  }
  const message = Buffer.from(data)
  const end = message.indexOf('--IMG--')
  const header = JSON.parse(message.subarray(0, end).toString())
  const age = Math.round(Date.now() - header.received_at)
  console.log(`${header.label}/${header.key}: ${message.length - end - 7} bytes of ${header.media_type}, ${age} ms old`)
  // Done with it: the server may send the next one.
  socket.send(JSON.stringify({ type: 'credit', n: header.n }))
}
