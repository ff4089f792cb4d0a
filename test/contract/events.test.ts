import { describe, expect, it } from 'vitest'
import { sendEvent, signInAs, startWithAdmin } from '../support/people.ts'
import { authorized, type Fields, TestServer } from '../support/server.ts'

/** What `/events` answers. */
async function read(server: TestServer, query = '', token?: string) {
  const response = await server.get(`/events${query}`, token === undefined ? {} : authorized(token))
  expect(response.status).toBe(200)
  const body: unknown = await response.json()
  if (!isReading(body)) throw new Error(`/events answered ${JSON.stringify(body)}`)
  return body
}

function isReading(body: unknown): body is { events: { id: string; data: unknown }[]; gap?: Fields } {
  return typeof body === 'object' && body !== null && 'events' in body && Array.isArray(body.events)
}

const numbers = (events: readonly { data: unknown }[]) => events.map(({ data }) => Object(data).n)

describe('GET /events', () => {
  it('gives what happened, in its order', async () => {
    const server = await TestServer.start()
    const before = Date.now()
    const id = await sendEvent(server, 'gate', { label: 'North', key: 'gate', open: true })
    await sendEvent(server, 'gate', { label: 'North', open: false })
    const { events, ...rest } = await read(server)
    expect(rest).toEqual({})
    expect(events).toEqual([
      {
        id,
        type: 'webhook.gate',
        timestamp: expect.any(Number),
        source: 'webhook',
        priority: 'NORMAL',
        label: 'North',
        key: 'gate',
        data: { label: 'North', key: 'gate', open: true },
      },
      expect.objectContaining({ label: 'North', data: { label: 'North', open: false } }),
    ])
    expect(id).toMatch(/^\d+-\d+$/)
    expect(Object(events[0]).timestamp).toBeGreaterThanOrEqual(before)
  })

  it('goes on after an event that was seen, and says so when others may be missing', async () => {
    const server = await TestServer.start({ config: { 'events.buffer': 3 } })
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push(await sendEvent(server, 'test', { label: 'a', n }))
    expect(numbers((await read(server)).events)).toEqual([1, 2, 3])
    expect(numbers((await read(server, '?limit=2')).events)).toEqual([2, 3])
    expect(await read(server, `?after=${ids[3]}`)).toEqual({ events: [] })
    const next = await read(server, `?after=${ids[0]}&limit=2`)
    expect(numbers(next.events)).toEqual([1, 2])
    expect(next).not.toHaveProperty('gap')
    await sendEvent(server, 'test', { label: 'a', n: 4 })
    const { events, gap } = await read(server, `?after=${ids[0]}`)
    expect(numbers(events)).toEqual([2, 3, 4])
    expect(gap).toEqual({ missed_from: ids[0], missed_to: ids[1] })
  })

  it('gives a gap to who comes from a server before this one', async () => {
    const server = await TestServer.start()
    expect(await read(server, '?after=1700000000000-5')).toEqual({
      events: [],
      gap: { missed_from: '1700000000000-5', missed_to: expect.stringMatching(/^\d+-\d+$/) },
    })
  })

  it('shows each what they may see', async () => {
    const { server, admin } = await startWithAdmin()
    const user = await signInAs(server, admin, { username: 'nora', role: 'guest', labels: ['North'] })
    for (const [n, label] of ['North', 'South', undefined, 'North'].entries())
      await sendEvent(server, 'test', { ...(label !== undefined && { label }), n })
    expect(numbers((await read(server, '', admin)).events)).toEqual([0, 1, 2, 3])
    expect(numbers((await read(server, '', user)).events)).toEqual([0, 3])
    expect(numbers((await read(server, `?token=${user}`)).events)).toEqual([0, 3])
  })

  it('gives no gap to who missed nothing, however much happened elsewhere meanwhile', async () => {
    const { server, admin } = await startWithAdmin({ 'events.buffer': 6 })
    const user = await signInAs(server, admin, { username: 'nora', role: 'guest', labels: ['North'] })
    const seen = await sendEvent(server, 'test', { label: 'North', n: 0 })
    for (let n = 1; n <= 10; n++) await sendEvent(server, 'test', { label: 'South', n })
    expect(await read(server, `?after=${seen}`, user)).toEqual({ events: [] })
    expect(await read(server, `?after=${seen}`, admin)).toHaveProperty('gap.missed_from', seen)
    for (let n = 11; n <= 14; n++) await sendEvent(server, 'test', { label: n === 11 ? 'South' : 'North', n })
    expect(numbers((await read(server, `?after=${seen}`, user)).events)).toEqual([12, 13, 14])
    expect(await read(server, `?after=${seen}`, user)).not.toHaveProperty('gap')
    // The label that has most makes room, here for its own.
    await sendEvent(server, 'test', { label: 'North', n: 15 })
    expect(await read(server, `?after=${seen}`, user)).toHaveProperty('gap.missed_from', seen)
  })

  it('refuses what is no place and no number with a sentence', async () => {
    const server = await TestServer.start()
    for (const query of ['?after=', '?after=x', '?limit=0', '?limit=-1', '?limit=x']) {
      const response = await server.get(`/events${query}`)
      expect([query, response.status, await response.json()]).toEqual([query, 422, { detail: expect.any(String) }])
    }
  })
})
