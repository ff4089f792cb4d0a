import { describe, expect, it } from 'vitest'
import { ask, listOf, must, startHouse, textOf } from '../support/accounts.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { type Fields, KEY } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

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
  const post = async (name: string, place: { label?: string; key?: string }) => {
    const body = { type: name, ...place, data: { name }, snapshot: place.key !== undefined }
    return textOf(await must(server, 'POST /events', { token: KEY, body }), 'id')
  }
  const ids = {
    gate: await post('gate', { label: 'North', key: 'gate' }),
    secret1: await post('secret1', { label: 'South', key: 'door' }),
    yard: await post('yard', { label: 'North', key: 'yard' }),
    secret2: await post('secret2', { label: 'South' }),
    secret3: await post('secret3', {}),
    north: await post('north', { label: 'North' }),
    secret4: await post('secret4', { label: 'South', key: 'door' }),
  }
  const streams = [{ label: 'North', key: 'gate' }]
  const shared = { name: 'visit', streams, metadata: true, expires_at: Date.now() + HOUR }
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
    ...Object.values(ids).flatMap((id) => [`GET /events/${id}`, `GET /events/${id}/picture`]),
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
      const exists = mine.includes(named ?? 'gate') && (!call.endsWith('/picture') || named === 'gate')
      if (named && call.startsWith('GET')) expect(status, call).toBe(exists ? 200 : 404)
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
    for (const stream of [fresh, resumed])
      await until(() => namesOf(stream?.all('event')).includes('now'), 'what happens now')
    expect(namesOf(fresh?.all('event'))).toEqual([...mine, 'now'])
    expect(namesOf(resumed?.all('event'))).toEqual([...mine.slice(1), 'now'])
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

  it('gets none of them over Socket.IO, in any of its versions and namespaces, and is cut off with the right', async () => {
    const house = await start()
    const { server, ids, post } = house
    const token = tokenOf(house)
    const fresh = new SocketIoClient(server, { auth: { token } })
    const resumed = new SocketIoClient(server, { auth: { token, offset: '1-0' }, namespace: '/socket.io/' })
    const old = new SocketIoClient(server, { version: 2, query: { token } })
    const first = new SocketIoClient(server, { version: 2, query: { token } })
    const clients = [fresh, resumed, old, first]
    for (const client of clients) await client.sees('connected')
    for (const client of [fresh, resumed, old]) {
      await Promise.all([['secret1'], []].map((event_types) => client.ask('subscribe', { event_types })))
      expect(await client.ask('subscribe_labels', ['South'])).toEqual({
        error: expect.stringContaining('may not view'),
      })
      const params = { label: 'South', key: 'door' }
      expect(await client.ask('system_command', { command: 'trigger_doorbell', params })).toMatchObject({
        success: false,
      })
    }
    await post('secret5', { label: 'South', key: 'door' })
    await post('now', { label: 'North', key: 'gate' })
    for (const client of [fresh, resumed, old])
      await until(() => namesOf(client.all('live_event')).includes('now'), 'what happens now')
    expect(namesOf(fresh.all('live_event'))).toEqual(['now'])
    for (const client of [resumed, old]) expect(namesOf(client.all('live_event'))).toEqual([...mine, 'now'])
    const [update] = await first.sees('update')
    expect(update).toMatchObject({ label: 'North' })
    await lose(house)
    for (const client of clients) {
      expect(await client.sees('error')).toContainEqual({ message: expect.stringMatching(LOSS) })
      await client.sees('disconnect')
      // What repeats their own words says nothing.
      const given = client.received.filter(({ name }) => !['error', 'command_result', 'subscribed'].includes(name))
      expect(JSON.stringify(given)).not.toMatch(/secret|South/)
    }
    const gone = clients.map((client) => client.received.length)
    await post('later', { label: 'North', key: 'gate' })
    const all = new SocketIoClient(server, { auth: { token: house.admin, offset: ids.gate } })
    await all.ask('subscribe', { event_types: ['later'] })
    await all.sees('live_event')
    expect(clients.map((client) => client.received.length)).toEqual(gone)
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

/** The names of posted events; the server reports some of its own. */
function namesOf(events: unknown): unknown[] {
  const posted = (events as Fields[] | undefined)?.filter(({ source }) => source !== 'server') ?? []
  return posted.map(({ data }) => Object(data).name)
}

it('nothing is seen without signing in where visitors may do nothing', async () => {
  const { server, admin } = await startHouse({ config: { 'access.anonymous': 'none' } })
  const { id } = await must(server, 'POST /events', { token: admin, body: { type: 'x', label: 'North' } })
  for (const call of ['GET /events', `GET /events/${id}`, `POST /events/${id}/ack`, 'GET /stream/events'])
    expect((await ask(server, call)).status, call).toBe(401)
  for (const call of ['GET /stream/system-status', 'GET /api/recent-events', 'GET /api/status', 'GET /metrics'])
    expect((await ask(server, call)).status, call).toBe(401)
})

it('what is for admins is seen by no other, not even by those who may view everything', async () => {
  const { server, admin, add, nora } = await start()
  const manager = await add('max', 'model_manager', ['North', 'South'])
  const streams = [admin, manager.access, nora, KEY].map(
    (token) => new EventStreamClient(server, '/stream/events?types=sign_in_refused,x', token),
  )
  for (const stream of streams) await stream.sees('connected')
  await ask(server, 'POST /login', { body: { username: 'nobody-knows', password: 'wrong' } })
  const [ofAdmin, ...others] = streams
  await until(() => ofAdmin?.all('event').some(({ event_type }) => event_type === 'SIGN_IN_REFUSED') ?? false, 'it')
  await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'North' } })
  for (const stream of others) {
    await stream.sees('event')
    expect(stream.all('event')).toMatchObject([{ event_type: 'X' }])
  }
  for (const token of [manager.access, nora, KEY, undefined])
    expect(JSON.stringify(await must(server, 'GET /events', { token }))).not.toContain('sign_in_refused')
  const clients = [admin, manager.access].map((token) => new SocketIoClient(server, { auth: { token, offset: '1-0' } }))
  for (const client of clients) await client.ask('subscribe', { event_types: ['sign_in_refused', 'x'] })
  const seen = clients.map((client) => () => client.all('live_event').map(({ event_type }) => event_type))
  await until(() => seen[0]?.().length === 2 && seen[1]?.().length === 1, 'each what is theirs')
  expect(seen.map((types) => types())).toEqual([['SIGN_IN_REFUSED', 'X'], ['X']])
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
      const all = listOf(await must(server, 'GET /events', { token }), 'events')
      expect(all.find(({ id }) => id === ids.gate)?.acknowledged).toEqual(known)
      const socket = await TestSocket.open(server.socketUrl('/ws/live') + (token ? `?token=${token}` : ''))
      socket.send({ type: 'follow', id: 1, types: ['gate'] })
      const page = await socket.nextOfType('events')
      expect(listOf(page, 'events')).toMatchObject([{ id: ids.gate, acknowledged: known }])
      expect(Object(listOf(page, 'events')[0]?.acknowledged)).toEqual(known)
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
