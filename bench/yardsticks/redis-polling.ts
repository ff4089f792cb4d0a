// How the detection hub's servers used to read Redis: for each viewer, each stream's newest entry is asked for ten times
// a second, and sent if it is newer than the one before.
//
//   redis-polling.ts REDIS_URL

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, RESP_TYPES } from 'redis'
import { type WebSocket, WebSocketServer } from 'ws'
import { encodeImgMessage } from '../../src/wire/img-message.ts'
import { nameOfRedisKey, STREAM_KEY_PREFIX } from '../../src/wire/redis-frame.ts'

const PERIOD_MS = 100

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())

const [url = ''] = process.argv.slice(2)
const client = createClient({ url, RESP: 2 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
client.on('error', console.error)
await client.connect()

const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (viewer, { url: path = '' }) => {
  viewer.on('error', () => {})
  void serve(viewer, decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(`listening ${address.port}`)
})

async function serve(viewer: WebSocket, label: string): Promise<void> {
  const streams = (await keysOf(label)).map((key) => ({ key, name: nameOfRedisKey(key)?.key ?? '', lastId: '' }))
  while (viewer.readyState === viewer.OPEN) {
    const due = performance.now() + PERIOD_MS
    for (const stream of streams) {
      const newest = await newestOf(stream.key)
      if (!newest || newest.id === stream.lastId) continue
      stream.lastId = newest.id
      viewer.send(encodeImgMessage({ key: stream.name, id: newest.id, ...newest.texts }, newest.picture))
    }
    await sleep(Math.max(0, due - performance.now()))
  }
}

async function keysOf(label: string): Promise<string[]> {
  const keys = await client.keys(`${STREAM_KEY_PREFIX}*`)
  return keys.map(String).filter((key) => nameOfRedisKey(key)?.label === label)
}

async function newestOf(key: string) {
  const [entry] = Object(await client.sendCommand(['XREVRANGE', key, '+', '-', 'COUNT', '1']))
  if (!entry) return undefined
  const [id, fields] = entry
  const texts: Record<string, string> = {}
  let picture = Buffer.alloc(0)
  for (let i = 0; i < fields.length; i += 2) {
    const name = String(fields[i])
    if (name === 'frame') picture = fields[i + 1]
    else texts[name] = String(fields[i + 1])
  }
  return { id: String(id), texts, picture }
}
