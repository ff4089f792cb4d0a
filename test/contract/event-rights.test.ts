import { describe, expect, it } from 'vitest'
import { ask, listOf, must, startHouse, textOf } from '../support/accounts.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { type Fields, KEY } from '../support/server.ts'

/*
 * Who sees which events, on every way out: nothing of an event leaves the server for somebody who may not view it.
 */

const HOUR = 3_600_000

/** A house where things happen in the North (gate and yard), in the South and nowhere in particular. */
async function start() {
  const house = await startHouse({ config: { 'access.anonymous': 'view', 'streaming.camera': 'South/door' } })
  const { server, admin, add } = house
  await server.publish('North', 'gate')
  await server.publish('South', 'door')
  const post = async (name: string, place: object) =>
    textOf(await must(server, 'POST /events', { token: KEY, body: { type: name, ...place, data: { name } } }), 'id')
  const ids = {
    gate: await post('gate', { label: 'North', key: 'gate' }),
    secret1: await post('secret1', { label: 'South', key: 'door' }),
    yard: await post('yard', { label: 'North', key: 'yard' }),
    secret2: await post('secret2', { label: 'South' }),
    secret3: await post('secret3', {}),
    north: await post('north', { label: 'North' }),
    secret4: await post('secret4', { label: 'South', key: 'door' }),
  }
  const shared = { name: 'visit', streams: [{ label: 'North', key: 'gate' }], expires_at: Date.now() + HOUR }
  const link = await must(server, 'POST /links', { token: admin, body: shared })
  const nora = await add('nora')
  return { ...house, ids, post, link: textOf(link, 'token'), linkId: textOf(link, 'id'), nora: nora.access }
}

type House = Awaited<ReturnType<typeof start>>

/** Those who may see a part of it only, and which events that is. */
const READERS: [who: string, token: (house: House) => string, mine: (keyof House['ids'])[]][] = [
  ['a user of one label', ({ nora }) => nora, ['gate', 'yard', 'north']],
  ['a share link of one stream', ({ link }) => link, ['gate']],
]

/** Every answer that could tell of an event, with every way to ask. */
function questions({ ids }: House): string[] {
  const ranges = Object.values(ids).flatMap((id) => [`after=${id}`, `before=${id}`])
  const filters = ['labels=South', 'types=secret1,secret2,secret3,secret4', 'min_priority=LOW', 'limit=1', 'after=1-0']
  return [
    ...['', ...ranges, ...filters].map((query) => `GET /events?${query}`),
    ...Object.values(ids).map((id) => `GET /events/${id}`),
    ...Object.values(ids).map((id) => `POST /events/${id}/ack`),
    ...['GET /api/recent-events', 'GET /api/status', 'GET /metrics'],
  ]
}

describe.each(READERS)('%s', (_who, tokenOf, mine) => {
  it('gets none of the others’ events in any answer', async () => {
    const house = await start()
    const { server, ids } = house
    const token = tokenOf(house)
    for (const call of questions(house)) {
      const { body, status } = await askText(house, call, token)
      expect(body, call).not.toMatch(/secret|South/)
      const named = Object.entries(ids).find(([, id]) => call.includes(`/${id}`))?.[0] as keyof typeof ids | undefined
      if (named && call.startsWith('GET')) expect(status, call).toBe(mine.includes(named) ? 200 : 404)
      if (named && status === 200) expect(mine, call).toContain(named)
    }
    const { events } = await must(server, 'GET /events', { token })
    expect(namesOf(events)).toEqual(mine)
    expect(namesOf((await must(server, 'GET /api/recent-events', { token })).events)).toEqual(mine)
  })

  it('gets none of them on an event stream, new or resumed, and nothing more once the right is lost', async () => {
    const house = await start()
    const { server, ids, post, admin } = house
    const token = tokenOf(house)
    const streams = ['', `last_event_id=${ids.gate}`, 'last_event_id=1-0', 'labels=South', 'types=secret1'].map(
      (query) => new EventStreamClient(server, `/stream/events?${query}`, token),
    )
    const status = new EventStreamClient(server, '/stream/system-status', token)
    for (const stream of streams) await stream.sees('connected')
    await status.sees('system_status')
    await post('secret5', { label: 'South', key: 'door' })
    await post('now', { label: 'North', key: 'gate' })
    const [fresh, resumed] = streams
    expect(namesOf(await fresh?.sees('event', mine.length + 1))).toEqual([...mine, 'now'])
    expect(namesOf(await resumed?.sees('event', mine.length))).toEqual([...mine.slice(1), 'now'])
    await lose(house)
    for (const stream of [...streams, status]) {
      expect(await stream.sees('error')).toContainEqual({ error: expect.stringMatching(LOSS) })
      expect(JSON.stringify(stream.received)).not.toMatch(/secret|South/)
    }
    for (const call of ['GET /events', `GET /events/${ids.gate}`, 'GET /api/recent-events', 'GET /api/status']) {
      const answer = await ask(server, call, { token })
      const isShut = [401, 403, 404].includes(answer.status)
      expect(isShut || namesOf(answer.body.events).length === 0, `${call} ${JSON.stringify(answer.body)}`).toBe(true)
      expect(JSON.stringify(answer.body)).not.toContain('North')
    }
    await post('later', { label: 'North', key: 'gate' })
    const all = new EventStreamClient(server, '/stream/events?types=later', admin)
    await all.sees('event')
    for (const stream of streams) expect(JSON.stringify(stream.received)).not.toContain('later')
  })
})

/** Takes the North from the user, and the link from everybody. */
async function lose({ server, admin, linkId }: House): Promise<void> {
  await must(server, 'PUT /users/nora/labels', { token: admin, body: { labels: ['East'] } })
  await must(server, `DELETE /links/${linkId}`, { token: admin })
}

const LOSS = /the sites of this account were changed|this link was revoked/

async function askText({ server }: House, call: string, token: string) {
  const [method = '', path = ''] = call.split(' ')
  const answer = await fetch(server.url + path, { method, headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: await answer.text() }
}

const namesOf = (events: unknown) => (events as Fields[] | undefined)?.map(({ data }) => Object(data).name) ?? []

it('nothing is seen without signing in where visitors may do nothing', async () => {
  const { server, admin } = await startHouse({ config: { 'access.anonymous': 'none' } })
  const { id } = await must(server, 'POST /events', { token: admin, body: { type: 'x', label: 'North' } })
  for (const call of ['GET /events', `GET /events/${id}`, `POST /events/${id}/ack`, 'GET /stream/events'])
    expect((await ask(server, call)).status, call).toBe(401)
  for (const call of ['GET /stream/system-status', 'GET /api/recent-events', 'GET /api/status', 'GET /metrics'])
    expect((await ask(server, call)).status, call).toBe(401)
})

describe('who has taken note of an event', () => {
  it('is told by name to those who have an account or a key, and to nobody else', async () => {
    const { server, ids, nora, link, admin } = await start()
    const { acknowledged } = await must(server, `POST /events/${ids.gate}/ack`, { token: nora })
    expect(acknowledged).toEqual({ by: 'nora', at: expect.any(Number) })
    const { at } = Object(acknowledged)
    for (const [token, known] of [
      [admin, { by: 'nora', at }],
      [KEY, { by: 'nora', at }],
      [link, { at }],
      [undefined, { at }],
    ] as const) {
      expect(await must(server, `GET /events/${ids.gate}`, { token })).toMatchObject({ acknowledged: known })
      const [first] = listOf(await must(server, 'GET /events', { token }), 'events')
      expect(first?.acknowledged).toEqual(known)
    }
  })

  it('is not told to a visitor either who was too late to do so', async () => {
    const { server, add } = await startHouse({ config: { 'access.anonymous': 'operate' } })
    const ann = await add('ann')
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'North' } })
    await must(server, `POST /events/${id}/ack`, { token: ann.access })
    expect(await must(server, `POST /events/${id}/ack`)).toEqual({ id, acknowledged: { at: expect.any(Number) } })
  })
})
