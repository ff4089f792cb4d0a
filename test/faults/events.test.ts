import { readdirSync, readlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ask, must, startHouse } from '../support/accounts.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const send = (server: TestServer, token: string, body: unknown) =>
  ask(server, 'POST /api/webhook/test', { token, body })

describe('a publisher of one label', () => {
  it('cannot push out the events of others, nor fill the memory with its own', async () => {
    const { server, add } = await startHouse({
      config: { 'events.keep': 10, 'events.keep_bytes': 100_000, 'webhook.body_values': 1000 },
    })
    const [mallory, nora] = [await add('mallory', 'user', ['South']), await add('nora', 'user', ['North'])]
    const { id } = await must(server, 'POST /api/webhook/test', { token: nora.access, body: { label: 'North', n: 1 } })
    await must(server, 'POST /api/webhook/test', { token: nora.access, body: { label: 'North', n: 2 } })
    const heavy = { label: 'South', list: Array(900).fill([]) }
    for (let n = 0; n < 12; n++) expect((await send(server, mallory.access, heavy)).status).toBe(200)
    for (let n = 0; n < 12; n++) expect((await send(server, mallory.access, { label: 'South' })).status).toBe(200)
    const answer = await must(server, `GET /events?after=${id}`, { token: nora.access })
    expect(answer).toMatchObject({ events: [{ data: { n: 2 } }] })
    expect(answer).not.toHaveProperty('gap')
    expect(await send(server, mallory.access, { label: 'South', list: Array(1000).fill([]) })).toMatchObject({
      status: 413,
      body: { detail: 'body: at most 1000 values (webhook.body_values)' },
    })
  })

  it('sends so many a minute, and is told when to go on', async () => {
    const { server, add } = await startHouse({ config: { 'limits.events_per_minute': 2 } })
    const [ann, ben] = [await add('ann'), await add('ben')]
    for (const { access } of [ann, ann, ben]) expect((await send(server, access, { label: 'North' })).status).toBe(200)
    expect(await send(server, ann.access, { label: 'North' })).toMatchObject({
      status: 429,
      body: { detail: expect.stringContaining('(limits.events_per_minute)') },
      headers: { 'retry-after': expect.any(String) },
    })
  })
})

it('a page of events is no larger than its limit, and all are read by going on after the last one', async () => {
  const { server, admin } = await startHouse({ config: { 'events.page_bytes': 3000 } })
  const first = await must(server, 'POST /api/webhook/test', { token: admin, body: 0 })
  for (let n = 1; n < 6; n++) await must(server, 'POST /api/webhook/test', { token: admin, body: 'x'.repeat(500) + n })
  const sizes: number[] = []
  for (let after = first.id; ; ) {
    const { events, gap } = await must(server, `GET /events?after=${after}`, { token: admin })
    expect(gap).toBeUndefined()
    if (!Array.isArray(events) || events.length === 0) break
    sizes.push(events.length)
    after = events.at(-1).id
  }
  expect(sizes).toEqual([2, 2, 1])
})

it('pictures that nobody waits for any more are not left open', async () => {
  const server = await TestServer.start({ config: { 'events.disk_free_bytes': 0 } })
  await server.publish('North', 'gate', { file: jpeg(64, 64, 500_000) })
  const body = { type: 'x', label: 'North', key: 'gate', snapshot: true }
  const { picture } = await must(server, 'POST /events', { token: KEY, body })
  for (let n = 0; n < 100; n++) {
    const { socket } = await RawConnection.open(server.url)
    socket.write(`GET ${picture} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
    setTimeout(() => socket.resetAndDestroy(), n % 5)
  }
  expect((await server.get(String(picture))).status).toBe(200)
  await until(() => openPictures() === 0, 'that all are closed')
})

/** How many pictures of events this process has open, where the system tells. */
function openPictures(): number {
  const files = process.platform === 'linux' ? readdirSync('/proc/self/fd') : []
  return files.filter((file) => targetOf(file).includes('event-pictures')).length
}

function targetOf(file: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${file}`)
  } catch {
    // It was closed meanwhile.
    return ''
  }
}
