import { expect, it } from 'vitest'
import { onServer, serverOfScript } from './server-path.ts'

it.each([
  ['https://host:8000/static/js/belvedere-stream.js', 'https://host:8000'],
  ['https://host/cameras/static/js/belvedere-stream.js?v=1', 'https://host/cameras'],
  ['https://host/a/b/static/js/event-stream-client.js', 'https://host/a/b'],
  ['https://site.example/vendor/belvedere-stream.js', 'https://site.example'],
  ['https://site.example/js/static/js/old/belvedere-stream.js', 'https://site.example'],
])('the script %s is of the server %s', (script, server) => {
  expect(serverOfScript(script)).toBe(server)
})

it.each([
  ['https://host', 'https://host/stream/events'],
  ['https://host/', 'https://host/stream/events'],
  ['https://host/cameras', 'https://host/cameras/stream/events'],
  ['https://host/cameras/', 'https://host/cameras/stream/events'],
])('what is on %s is below it', (server, address) => {
  expect(onServer(server, '/stream/events').href).toBe(address)
})
