import { describe, expect, it } from 'vitest'
import { isFrameId } from '../../src/core/frame-id.ts'
import { ask, must, startHouse } from '../support/accounts.ts'
import { MemoryHistory } from '../support/memory-history.ts'
import { sendEvent, signInAs, startWithAdmin } from '../support/people.ts'
import { authorized, type Fields, freshLabel, KEY, TestServer } from '../support/server.ts'

/** What `/events` answers. */
async function read(server: TestServer, query = '', token?: string) {
  const response = await server.get(`/events${query}`, token === undefined ? {} : authorized(token))
  expect(response.status).toBe(200)
  const body: unknown = await response.json()
  if (!isReading(body)) throw new Error(`/events answered ${JSON.stringify(body)}`)
  const { position, epoch, has_more, ...rest } = body
  expect([isFrameId(position), isFrameId(epoch), typeof has_more]).toEqual([true, true, 'boolean'])
  return rest
}

interface Reading {
  readonly events: { id: string; data: unknown }[]
  readonly gap?: Fields
  readonly position: string
  readonly epoch: string
  readonly has_more: boolean
}

function isReading(body: unknown): body is Reading {
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
    const server = await TestServer.start({ config: { 'events.keep': 3 } })
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
    const { server, admin } = await startWithAdmin({ 'events.keep': 6 })
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

describe('GET /events, filtered', () => {
  const shared = TestServer.ofFile()

  it('gives only what is asked for, types in any case', async () => {
    const server = await shared()
    const label = `with, a comma ${freshLabel()}`
    const post = (fields: object) => must(server, 'POST /events', { token: KEY, body: { label, ...fields } })
    await post({ type: 'DOORBELL_PRESSED', priority: 'critical', data: { n: 0 } })
    await post({ type: 'motion_detected', priority: 'LOW', data: { n: 1 } })
    await post({ type: 'Motion_Detected', key: 'cam', data: { n: 2 } })
    await post({ type: 'x', label: freshLabel(), data: { n: 3 } })
    const found = async (query: string) =>
      numbers((await read(server, `?labels=${encodeURIComponent(label)}${query}`)).events)
    expect(await found('')).toEqual([0, 1, 2])
    expect(await found('&types=doorbell_pressed')).toEqual([0])
    expect(await found('&types=DOORBELL_PRESSED,MOTION_DETECTED')).toEqual([0, 1, 2])
    expect(await found('&types=motion_detected&types=other')).toEqual([1, 2])
    expect(await found('&min_priority=normal')).toEqual([0, 2])
    expect(await found('&min_priority=HIGH&types=motion_detected')).toEqual([])
    expect(await found('&limit=1&types=motion_detected')).toEqual([2])
    expect((await ask(server, 'GET /events?min_priority=urgent')).body.detail).toBe(
      'min_priority: must be one of LOW, NORMAL, HIGH, CRITICAL',
    )
    const many = Array.from({ length: 101 }, (_, i) => i).join()
    expect((await ask(server, `GET /events?types=${many}`)).body.detail).toBe('types: at most 100 may be named')
    for (const path of ['/events', '/stream/events'])
      for (const labels of [Array(11).fill('a'.repeat(190)).join(), ','.repeat(2001)])
        expect((await ask(server, `GET ${path}?labels=${labels}`)).body).toMatchObject({
          detail: 'labels: at most 2000 characters in all',
        })
  })

  it('goes backwards, page by page', async () => {
    const server = await shared()
    const label = freshLabel()
    for (let n = 0; n < 5; n++)
      await must(server, 'POST /events', { token: KEY, body: { type: 't', label, data: { n } } })
    const pages: unknown[][] = []
    for (let before = ''; ; ) {
      const { events } = await read(server, `?labels=${label}&limit=2${before}`)
      if (events.length === 0) break
      pages.push(numbers(events))
      before = `&before=${events[0]?.id}`
    }
    expect(pages).toEqual([[3, 4], [1, 2], [0]])
  })
})

describe('POST /events', () => {
  const shared = TestServer.ofFile()

  it('is answered with the id and the time of the event, which is as it was sent', async () => {
    const server = await shared()
    const label = freshLabel()
    const body = {
      type: 'DOORBELL_PRESSED',
      source: 'front door',
      priority: 'HIGH',
      label,
      key: 'door',
      data: [1, { a: null }],
    }
    const { id, ...rest } = await must(server, 'POST /events', { token: KEY, body })
    expect(rest).toEqual({ timestamp: expect.any(Number) })
    expect(await must(server, `GET /events/${id}`, { token: KEY })).toEqual({ id, ...rest, ...body })
    const plain = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label } })
    expect(await must(server, `GET /events/${plain.id}`)).toEqual({
      ...plain,
      type: 'x',
      source: 'the holder of the publish key',
      priority: 'NORMAL',
      label,
      data: {},
    })
  })

  it('says what is wrong with what cannot be an event', async () => {
    const server = await shared()
    const refusals = [
      [{}, 'type'],
      [{ type: '' }, 'type: must not be empty'],
      [{ type: 'a\nb' }, 'type: must not contain control characters'],
      [{ type: 'x', key: 'cam' }, 'key: only together with a label'],
      [{ type: 'x', priority: 'urgent' }, 'priority: must be one of LOW, NORMAL, HIGH, CRITICAL'],
      [{ type: 'x', label: ' ' }, 'label: must not be empty'],
      ['text', 'body'],
    ] as const
    for (const [body, detail] of refusals) {
      const answer = await ask(server, 'POST /events', { token: KEY, body })
      expect([body, answer.status, String(answer.body.detail)]).toEqual([body, 422, expect.stringContaining(detail)])
    }
  })

  it('is for those who may publish, each to their labels', async () => {
    const { server, add } = await startHouse()
    const [ann, guest] = [await add('ann'), await add('gus', 'guest')]
    const post = (token: string | undefined, label?: string) =>
      ask(server, 'POST /events', { token, body: { type: 'x', ...(label !== undefined && { label }) } })
    expect((await post(ann.access, 'North')).status).toBe(200)
    for (const answer of [await post(ann.access, 'South'), await post(ann.access), await post(guest.access, 'North')])
      expect(answer.status).toBe(403)
    expect((await post(undefined, 'North')).status).toBe(401)
  })

  it('has a limit of its own, not that of calls', async () => {
    const config = { 'limits.events_per_minute': 5, 'limits.calls_per_minute': 2 }
    const server = await TestServer.start({ config })
    for (let n = 0; n < 5; n++) await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a' } })
    expect(await ask(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a' } })).toMatchObject({
      status: 429,
      body: { detail: expect.stringContaining('(limits.events_per_minute)') },
    })
  })

  it('says so when the event could only be passed on', async () => {
    const history = new MemoryHistory()
    const server = await TestServer.start({ history })
    history.append = async () => {
      throw new Error('disk is full')
    }
    const answer = await ask(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a' } })
    expect(answer).toMatchObject({
      status: 202,
      body: { stored: false, detail: 'Events are not stored: disk is full.' },
    })
    expect((await read(server)).events).toMatchObject([{ id: answer.body.id }])
    expect(await must(server, 'POST /api/webhook/gate', { token: KEY, body: { label: 'a' } })).toMatchObject({
      stored: false,
    })
    expect((await ask(server, 'GET /readyz')).status).toBe(200)
  })
})

describe('an event', () => {
  it('is acknowledged once, and a second one is told by whom', async () => {
    const { server, admin, add } = await startHouse()
    const [ann, ben] = [await add('ann'), await add('ben')]
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'North' } })
    const first = await must(server, `POST /events/${id}/ack`, { token: ann.access })
    expect(first).toEqual({ id, acknowledged: { by: 'ann', at: expect.any(Number) } })
    expect(await must(server, `POST /events/${id}/ack`, { token: ben.access })).toEqual(first)
    expect(await must(server, `GET /events/${id}`, { token: ben.access })).toMatchObject(first)
    expect((await read(server, '', admin)).events).toMatchObject([first])
  })

  it('is for those who may see it, and acknowledged by those who may do so', async () => {
    const { server, add } = await startHouse()
    const [south, guest] = [await add('sam', 'user', ['South']), await add('gus', 'guest')]
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'North' } })
    for (const call of [`GET /events/${id}`, `POST /events/${id}/ack`])
      expect((await ask(server, call, { token: south.access })).status, call).toBe(404)
    expect((await ask(server, `GET /events/${id}`, { token: guest.access })).status).toBe(200)
    expect((await ask(server, `POST /events/${id}/ack`, { token: guest.access })).status).toBe(403)
    for (const unknown of ['1-1', '99999999999999-0'])
      expect((await ask(server, `GET /events/${unknown}`, { token: guest.access })).status).toBe(404)
    expect((await ask(server, 'GET /events/x', { token: guest.access })).status).toBe(422)
  })
})
