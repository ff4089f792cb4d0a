// A bare Fastify route that stores events as Belvedere does: on the disk (SQLite, synchronous = full) before it answers,
// with one commit for all that came in the meantime.
//
//   post-events.ts FILE

import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'

// Node keeps what it compiled only if the process ends by itself.
process.on('SIGTERM', () => process.exit())

interface Waiting {
  readonly body: { readonly type: string; readonly label: string; readonly data: unknown }
  readonly stored: (id: number) => void
}

const sqlite = new DatabaseSync(process.argv[2] ?? '')
sqlite.exec('pragma journal_mode = wal; pragma synchronous = full')
sqlite.exec('create table if not exists events (id integer primary key, type text, label text, data text, at integer)')
const insert = sqlite.prepare('insert into events (type, label, data, at) values (?, ?, ?, ?)')
let waiting: Waiting[] = []

function commit(): void {
  const group = waiting
  waiting = []
  sqlite.exec('begin immediate')
  const ids = group.map(({ body: { type, label, data } }) =>
    Number(insert.run(type, label, JSON.stringify(data), Date.now()).lastInsertRowid),
  )
  sqlite.exec('commit')
  group.forEach(({ stored }, i) => void stored(ids[i] ?? 0))
}

const app = Fastify()
app.post<{ Body: Waiting['body'] }>('/events', ({ body }) => {
  return new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(commit)
    waiting.push({ body, stored: (id) => resolve({ status: 'ok', id }) })
  })
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
console.log(`listening ${new URL(url).port}`)
