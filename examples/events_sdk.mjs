#!/usr/bin/env node
// Follows events with the SDK: it comes back by itself, and misses none meanwhile. Node 22.18 or newer.
//
//   node events_sdk.mjs [type …]
import { LiveClient } from '../client/index.ts'

const types = process.argv.slice(2)
const client = new LiveClient(process.env.BELVEDERE_URL ?? 'http://127.0.0.1:8000', {
  token: process.env.BELVEDERE_TOKEN,
})
for (const state of ['connecting', 'connected', 'disconnected'])
  client.on(state, ({ reason = '' }) => console.log(`${state} ${reason}`))
const events = client.events(types.length > 0 ? { types } : {})
events.on('event', ({ timestamp, type, priority, label = '-', key = '-', data }) =>
  console.log(new Date(timestamp).toISOString(), priority, type, `${label}/${key}`, JSON.stringify(data)),
)
events.on('gap', ({ missed_from, missed_to }) => console.log(`some may be missing: ${missed_from} to ${missed_to}`))
client.connect()
