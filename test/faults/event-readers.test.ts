import { describe, expect, it } from 'vitest'
import { isAfter } from '../../src/core/frame-id.ts'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { listOf, must, textOf } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { RawConnection } from '../support/raw.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

async function post(server: TestServer, n: number, more: object = {}): Promise<string> {
  const body = { type: 'x', label: 'a', data: { n, ...more } }
  return textOf(await must(server, 'POST /events', { token: KEY, body }), 'id')
}

const numbers = (events: readonly Fields[]) => events.map(({ data }) => Object(data).n)

/** Two ids in their order. */
const byId = (one: string, other: string) =>
  isAfter(one as `${number}-${number}`, other as `${number}-${number}`) ? 1 : -1

describe('a clock that is set back', () => {
  it('while the server runs: ids still rise, and a resume is exact', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock })
    const stream = new EventStreamClient(server, '/stream/events', KEY)
    await stream.sees('connected')
    const ids = [await post(server, 0)]
    clock.setBy(-3_600_000)
    ids.push(await post(server, 1), await post(server, 2))
    expect(ids).toEqual(ids.toSorted(byId))
    expect(numbers(await stream.sees('event', 3))).toEqual([0, 1, 2])
    const resumed = new EventStreamClient(server, `/stream/events?last_event_id=${ids[0]}`, KEY)
    expect(numbers(await resumed.sees('event', 2))).toEqual([1, 2])
    expect(resumed.all('gap')).toEqual([])
  })

  it('across a restart: ids still rise, and a resume is exact', async () => {
    const clock = new ManualClock()
    const config = { data_dir: temporaryFolder() }
    const first = await TestServer.start({ clock, config, history: new EventThread() })
    const ids = [await post(first, 0), await post(first, 1)]
    const { position, epoch } = await must(first, 'GET /events')
    await first.close()
    clock.setBy(-3_600_000)
    const second = await TestServer.start({ clock, config, history: new EventThread() })
    ids.push(await post(second, 2))
    expect(ids).toEqual(ids.toSorted(byId))
    const stream = new EventStreamClient(second, `/stream/events?last_event_id=${ids[0]}`, KEY)
    expect(numbers(await stream.sees('event', 2))).toEqual([1, 2])
    expect(stream.all('gap')).toEqual([])
    const page = await must(second, `GET /events?after=${position}&epoch=${epoch}`)
    expect(numbers(listOf(page, 'events'))).toEqual([2])
    expect(page).not.toHaveProperty('gap')
  })
})

/** Publishes events as fast as it can, and reads them page by page meanwhile. */
async function readWhileManyCome(config: Readonly<Record<string, number>>) {
  const server = await TestServer.start({
    config: { data_dir: temporaryFolder(), 'limits.events_per_minute': 1_000_000, ...config },
    history: new EventThread(),
  })
  const first = await post(server, 0)
  const stored: string[] = []
  let next = 1
  const publishers = Array.from({ length: 8 }, async () => {
    while (next <= 600) stored.push(await post(server, next++))
  })
  const seen: string[] = []
  const gaps: { missed_from: string; missed_to: string }[] = []
  for (let [after, epoch, done] = [first, '', false]; ; ) {
    const page = await must(server, `GET /events?after=${after}&limit=20${epoch}`)
    seen.push(...listOf(page, 'events').map((event) => textOf(event, 'id')))
    if (page.gap) gaps.push(page.gap as (typeof gaps)[number])
    ;[after, epoch] = [textOf(page, 'position'), `&epoch=${page.epoch}`]
    if (page.has_more) continue
    if (done) break
    await Promise.race([Promise.all(publishers).then(() => (done = true)), new Promise(setImmediate)])
  }
  return { server, first, seen, gaps, stored: stored.toSorted(byId) }
}

describe('somebody who reads all events, more slowly than they come', () => {
  it('sees each once, in their order', async () => {
    const { seen, gaps, stored } = await readWhileManyCome({ 'streaming.buffer_size': 10 })
    expect(stored).toHaveLength(600)
    expect(seen).toEqual(stored)
    expect(gaps).toEqual([])
  })

  it('is told of every gap where not all are kept, and sees none twice', async () => {
    const config = { 'streaming.buffer_size': 10, 'events.keep': 100 }
    const { server, first, seen, gaps, stored } = await readWhileManyCome(config)
    expect(await must(server, `GET /events?after=${first}`)).toHaveProperty('gap.missed_from', first)
    expect(seen).toEqual([...new Set(seen)].toSorted(byId))
    const missed = stored.filter((id) => !seen.includes(id))
    const isTold = (id: string) => gaps.some((gap) => byId(id, gap.missed_from) > 0 && byId(id, gap.missed_to) <= 0)
    expect(missed.filter((id) => !isTold(id))).toEqual([])
  })
})

it('a client of an event stream that reads nothing is told why it is disconnected, counted, and resumes exactly', async () => {
  const server = await TestServer.start({ config: { 'streaming.buffer_size': 3 } })
  const connection = await RawConnection.open(server.url)
  connection.write(
    `GET /stream/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nConnection: close\r\n\r\n`,
  )
  await connection.sees('capabilities')
  connection.socket.pause()
  const metrics = async () => (await server.get('/metrics')).text()
  let count = 0
  const text = 'x'.repeat(500_000)
  await until(async () => {
    await post(server, count++, { text })
    return (await metrics()).includes('belvedere_limited_total{limit="streaming.buffer_size"} 1\n')
  }, 'it is given up')
  connection.socket.resume()
  await connection.ended
  expect(connection.text).toMatch(
    /event: error\ndata: \{"error":"Too slow: [^"]*\(streaming\.buffer_size\)[^"]*"\}\n\n/,
  )
  const ids = [...connection.text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id)
  const stream = new EventStreamClient(server, `/stream/events?last_event_id=${ids.at(-1)}`, KEY)
  const rest = count - ids.length
  expect(rest).toBeGreaterThan(3)
  expect(numbers(await stream.sees('event', rest))).toEqual(Array.from({ length: rest }, (_, i) => ids.length + i))
  expect(stream.all('gap')).toEqual([])
})
