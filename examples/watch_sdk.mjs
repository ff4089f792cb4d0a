#!/usr/bin/env node
// The same as watch.mjs with the SDK: it comes back by itself and knows the server's clock. Node 22.18 or newer.
//
//   node watch_sdk.mjs [label] [key]
import { LiveClient } from '../client/index.ts'

const [label, key] = process.argv.slice(2)
const client = new LiveClient(process.env.BELVEDERE_URL ?? 'http://127.0.0.1:8000', {
  token: process.env.BELVEDERE_TOKEN,
})
for (const state of ['connecting', 'connected', 'disconnected'])
  client.on(state, ({ reason = '' }) => console.log(`${state} ${reason}`))
client.on('left', (stream) => console.log(`${stream.label}/${stream.key} is gone`))
client.watch({
  label,
  key,
  maxFps: 10,
  onFrame(frame) {
    const age = Math.round(client.ageOf(frame))
    console.log(`${frame.stream.label}/${frame.stream.key}: ${frame.bytes.length} bytes, ${age} ms old`)
  },
})
client.connect()
