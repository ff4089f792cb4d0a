import { describe, expect, it } from 'vitest'
import { ask, listOf, must, startHouse, textOf } from '../support/accounts.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { jpeg, png } from '../support/pictures.ts'
import { authorized, formOf, freshLabel, KEY, TestServer } from '../support/server.ts'

const HOUR = 3_600_000
/** Whatever the disk of this machine. */
const config = { 'events.disk_free_bytes': 0 }

/** The picture of an event, as its address gives it. */
async function pictureAt(server: TestServer, path: unknown, token?: string) {
  const response = await server.get(String(path), token === undefined ? {} : authorized(token))
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('POST /events with "snapshot"', () => {
  const shared = TestServer.ofFile({ config })

  it('keeps the picture of that moment with the event', async () => {
    const server = await shared()
    const label = freshLabel()
    const picture = await server.publish(label, 'gate', { file: png(32, 16) })
    const body = { type: 'gate.opened', label, key: 'gate', snapshot: true }
    const sent = await must(server, 'POST /events', { token: KEY, body })
    expect(sent).toEqual({
      id: expect.any(String),
      timestamp: expect.any(Number),
      picture: `/events/${sent.id}/picture`,
    })
    await server.publish(label, 'gate', { file: jpeg(8, 8) })
    const { status, headers, bytes } = await pictureAt(server, sent.picture)
    expect([status, headers.get('content-type'), headers.get('content-length')]).toEqual([
      200,
      'image/png',
      String(picture.length),
    ])
    expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store'])
    expect(bytes.equals(picture)).toBe(true)
    const listed = await must(server, `GET /events?labels=${label}&types=gate.opened`)
    expect(listOf(listed, 'events')).toMatchObject([{ id: sent.id, picture: sent.picture }])
    expect(await must(server, `GET /events/${sent.id}`)).toMatchObject({ picture: sent.picture })
  })

  it('goes without where there is no live picture, and says what is missing', async () => {
    const server = await shared()
    const label = freshLabel()
    const body = { type: 'x', label, key: 'nowhere', snapshot: true }
    const sent = await must(server, 'POST /events', { token: KEY, body })
    expect(sent).not.toHaveProperty('picture')
    expect(await ask(server, `GET /events/${sent.id}/picture`)).toMatchObject({
      status: 404,
      body: { detail: `The event ${sent.id} has no picture.` },
    })
    for (const target of [{}, { label }])
      expect(
        await ask(server, 'POST /events', { token: KEY, body: { type: 'x', ...target, snapshot: true } }),
      ).toMatchObject({ status: 422, body: { detail: 'snapshot: only together with a label and a key' } })
  })

  it('gives nobody a picture of what they may not publish', async () => {
    const { server, add } = await startHouse({ config })
    const ann = await add('ann')
    await server.publish('South', 'gate')
    await server.publish('North', 'gate')
    const post = (label: string) =>
      ask(server, 'POST /events', { token: ann.access, body: { type: 'x', label, key: 'gate', snapshot: true } })
    expect((await post('South')).status).toBe(403)
    expect((await post('North')).body).toHaveProperty('picture')
  })
})

describe('GET /events/{id}/picture', () => {
  it('is for those who may see the event', async () => {
    const { server, admin, add } = await startHouse({ config: { ...config, 'access.anonymous': 'none' } })
    const [north, south] = [await add('nora', 'guest'), await add('sam', 'guest', ['South'])]
    const link = async (key: string) => {
      const body = { name: 'visit', streams: [{ label: 'North', key }], expires_at: Date.now() + HOUR }
      return textOf(await must(server, 'POST /links', { token: admin, body }), 'token')
    }
    await server.publish('North', 'gate')
    const { picture } = await must(server, 'POST /events', {
      token: KEY,
      body: { type: 'x', label: 'North', key: 'gate', snapshot: true },
    })
    for (const token of [north.access, admin, await link('gate')])
      expect((await pictureAt(server, picture, token)).status).toBe(200)
    expect((await pictureAt(server, `${picture}?token=${north.access}`)).status).toBe(200)
    for (const token of [south.access, await link('yard')])
      expect((await ask(server, `GET ${picture}`, { token })).status).toBe(404)
    expect((await ask(server, `GET ${picture}`)).status).toBe(401)
    // Whoever may only publish sees nothing.
    expect((await ask(server, `GET ${picture}`, { token: KEY })).status).toBe(403)
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
    expect((await ask(server, `GET ${picture}`, { token: north.access })).status).toBe(401)
  })

  it('says so when the picture had to make room for others, and the event stays', async () => {
    const server = await TestServer.start({ config: { ...config, 'events.picture_bytes': 4096 } })
    await server.publish('North', 'gate')
    const body = { type: 'x', label: 'North', key: 'gate', snapshot: true }
    const [first, second] = [
      await must(server, 'POST /events', { token: KEY, body }),
      await must(server, 'POST /events', { token: KEY, body }),
    ]
    expect((await pictureAt(server, second.picture)).status).toBe(200)
    expect(await ask(server, `GET ${first.picture}`)).toMatchObject({
      status: 404,
      body: { detail: `The picture of the event ${first.id} is not kept on this server, or not any more.` },
    })
    expect(await must(server, `GET /events/${first.id}`)).toHaveProperty('picture')
  })
})

it('a picture is there after a restart, as its event is', async () => {
  const folder = temporaryFolder()
  const flags = ['--data-dir', folder, '--events.disk_free_bytes', '0']
  const first = await ServerCommand.start(flags, { BELVEDERE_PUBLISH_KEY: KEY })
  const file = png(32, 16)
  const form = formOf({ label: 'North', key: 'gate', file, warnings_json: '{"warning_no_hardhat":1}' })
  await fetch(`${first.url}/frames`, { method: 'POST', headers: authorized(), body: form })
  const sent = await fetch(`${first.url}/events`, {
    method: 'POST',
    headers: { ...authorized(), 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'x', label: 'North', key: 'gate', snapshot: true }),
  })
  expect(sent.status).toBe(200)
  await first.stop()
  const again = await ServerCommand.start(flags, { BELVEDERE_PUBLISH_KEY: KEY })
  const listed: unknown = await (await fetch(`${again.url}/events?types=x,warning_raised`)).json()
  const events = listOf(Object(listed), 'events')
  expect(events.map(({ type }) => type)).toEqual(['warning_raised', 'x'])
  for (const { picture } of events) {
    const response = await fetch(`${again.url}${picture}`)
    expect(Buffer.from(await response.arrayBuffer()).equals(file)).toBe(true)
  }
})

describe('POST /api/trigger-doorbell', () => {
  it('gives the event the picture of its camera, where there is one', async () => {
    const server = await TestServer.start({ config })
    const picture = await server.publish('North', 'door')
    const { event_id } = await must(server, 'POST /api/trigger-doorbell')
    const recent = await must(server, 'GET /api/recent-events')
    const rung = listOf(recent, 'events').find((event) => event.event_id === event_id)
    expect(rung?.picture).toBe(`/events/${event_id}/picture`)
    expect((await pictureAt(server, rung?.picture)).bytes.equals(picture)).toBe(true)
    const other = await must(server, 'POST /api/trigger-doorbell', { body: { label: 'East' } })
    expect(await must(server, `GET /events/${other.event_id}`)).not.toHaveProperty('picture')
  })
})
