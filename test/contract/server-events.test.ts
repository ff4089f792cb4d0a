import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ALL } from '../../src/core/authorization.ts'
import { systemPrincipal } from '../../src/core/principal.ts'
import type { PulledSource } from '../../src/core/pulled-source.ts'
import { cameras } from '../../src/features/cameras/feature.ts'
import { ask, listOf, must, startHouse } from '../support/accounts.ts'
import { frameInput } from '../support/hub.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { MemoryHistory } from '../support/memory-history.ts'
import { jpeg } from '../support/pictures.ts'
import { type Fields, freshLabel, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** Whatever the disk of this machine. */
const config = { 'events.disk_free_bytes': 0 }

/** The events that the server itself has reported, oldest first. */
async function reported(server: TestServer, query: string, token?: string): Promise<Fields[]> {
  const events = listOf(await must(server, `GET /events?${query}`, { token }), 'events')
  return events.filter(({ source }) => source === 'server')
}

/** Waits until the server has reported events of these types. @returns them */
async function whenReported(server: TestServer, query: string, types: readonly string[], token?: string) {
  let events: Fields[] = []
  await until(async () => {
    events = await reported(server, query, token)
    return events.length >= types.length
  }, types.join())
  expect(events.map(({ type }) => type)).toEqual(types)
  return events
}

/** A camera of the servers that this test starts: it runs while somebody watches. @returns when it ends, the first time */
function pulledCamera(): { readonly ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const source: PulledSource = {
    name: 'camera',
    dialect: 'camera',
    streams: [{ label: 'North', key: 'gate' }],
    principal: systemPrincipal('the camera', [{ actions: ['publish'], scope: ALL }]),
    options: { when: 'on-demand', startTimeout: 5000, closeAfter: 0 },
    async run({ publish, signal }) {
      await publish(frameInput('North', 'gate'))
      await new Promise((stopped) => signal.addEventListener('abort', stopped))
      resolve()
    },
  }
  const { install } = cameras
  vi.spyOn(cameras, 'install').mockImplementationOnce((house) => {
    house.supervisor.supervise(source)
    return install(house)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  return { ended }
}

describe('a stream', () => {
  const clock = new ManualClock()
  const shared = TestServer.ofFile({ config, clock })

  it('is reported as online, stale and offline', async () => {
    const server = await shared()
    const label = freshLabel()
    await server.publish(label, 'gate')
    clock.advance(130_000)
    const types = ['stream_online', 'stream_stale', 'stream_offline']
    const events = await whenReported(server, `labels=${label}`, types)
    expect(events[2]).toEqual({
      id: expect.any(String),
      type: 'stream_offline',
      timestamp: expect.any(Number),
      source: 'server',
      priority: 'NORMAL',
      label,
      key: 'gate',
      data: { reason: 'no frame for a long time' },
    })
    await server.publish(label, 'gate')
    await whenReported(server, `labels=${label}&types=stream_online`, ['stream_online', 'stream_online'])
  })

  it('has its warnings reported once each, with the picture that had them', async () => {
    const server = await shared()
    const label = freshLabel()
    const publish = (file: Uint8Array, warnings: object) =>
      server.publish(label, 'gate', { file, warnings_json: JSON.stringify(warnings) })
    await publish(jpeg(8, 8), {})
    const picture = await publish(jpeg(16, 16), { warning_no_hardhat: { count: 2 } })
    await publish(jpeg(24, 24), { warning_no_hardhat: { count: 3 } })
    await publish(jpeg(8, 8), {})
    clock.advance(1500)
    const query = `labels=${label}&types=warning_raised,warning_cleared`
    const [raised, cleared] = await whenReported(server, query, ['warning_raised', 'warning_cleared'])
    expect(raised).toMatchObject({
      priority: 'HIGH',
      label,
      key: 'gate',
      data: { warning: 'no_hardhat' },
      picture: `/events/${raised?.id}/picture`,
    })
    expect(cleared).toMatchObject({ priority: 'NORMAL', data: { warning: 'no_hardhat' } })
    expect(cleared).not.toHaveProperty('picture')
    const response = await server.get(String(raised?.picture))
    expect(Buffer.from(await response.arrayBuffer()).equals(picture)).toBe(true)
  })

  it('has its last warnings stored with their pictures when the server stops', async () => {
    const history = new MemoryHistory()
    const stored = vi.spyOn(history, 'append')
    const errors: string[] = []
    const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) })
    const server = await TestServer.start({ config, history, log })
    const keys = Array.from({ length: 30 }, (_, n) => `camera ${n}`)
    const warnings_json = JSON.stringify({ warning_no_hardhat: { count: 2 } })
    await Promise.all(keys.map((key) => server.publish('North', key, { file: jpeg(8, 8, 100_000), warnings_json })))
    await server.close()
    const raised = stored.mock.calls.flatMap(([events]) => events.filter(({ type }) => type === 'warning_raised'))
    expect(raised.map(({ key }) => key).sort()).toEqual(keys.sort())
    expect(raised.every(({ picture }) => picture !== undefined)).toBe(true)
    expect(errors).toEqual([])
  })

  it('that waits for viewers is not reported as offline when the server stops', async () => {
    const clock = new ManualClock()
    const history = new MemoryHistory()
    const stored = vi.spyOn(history, 'append')
    const types = () => stored.mock.calls.flatMap(([events]) => events.map(({ type }) => type))
    const camera = pulledCamera()
    const server = await TestServer.start({ config, history, clock })
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    socket.ask({ type: 'watch', id: 1, label: 'North' })
    await until(() => types().includes('stream_online'), 'a report')
    socket.ws.close()
    await camera.ended
    // Longer than after which a stream is offline that is not on demand.
    clock.advance(120_000)
    await server.close()
    expect(types()).toEqual(['stream_online'])
  })

  it('is reported to those who may see it', async () => {
    const { server, add } = await startHouse({ config })
    const [north, south] = [await add('nora', 'guest'), await add('sam', 'guest', ['South'])]
    await server.publish('North', 'gate', { warnings_json: '{"warning_no_hardhat":1}' })
    const events = await whenReported(server, '', ['stream_online', 'warning_raised'], north.access)
    expect(await reported(server, '', south.access)).toEqual([])
    const statusFor = async (token: string) => (await server.get(`${events[1]?.picture}?token=${token}`)).status
    expect([await statusFor(north.access), await statusFor(south.access)]).toEqual([200, 404])
  })

  it('that was opened by somebody who may publish little pushes out events of that publisher only', async () => {
    const { server, admin, add } = await startHouse({ config: { ...config, 'events.keep': 6 } })
    const ann = await add('ann', 'user', ['North'])
    const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'door', label: 'South' } })
    const authorization = { authorization: `Bearer ${ann.access}` }
    for (let n = 0; n < 10; n++) {
      const form = new FormData()
      for (const [name, value] of Object.entries({ label: 'North', key: `cam ${n}` })) form.append(name, value)
      form.append('file', new Blob([new Uint8Array(jpeg(8, 8))]), 'frame.jpg')
      expect((await server.post(form, authorization)).status).toBe(200)
    }
    await until(async () => (await reported(server, '', admin)).at(-1)?.key === 'cam 9', 'the last')
    expect(await must(server, `GET /events/${id}`, { token: admin })).toMatchObject({ type: 'door' })
  })

  it('that is removed is reported as offline', async () => {
    const { server, admin } = await startHouse({ config })
    await server.publish('North', 'gate')
    await must(server, 'DELETE /streams/North/gate', { token: admin })
    const events = await whenReported(server, 'labels=North', ['stream_online', 'stream_offline'], admin)
    expect(events[1]).toMatchObject({ data: { reason: 'it was removed' } })
  })
})

describe('for admins only the server reports', () => {
  it('refused sign-ins, one an address and minute', async () => {
    const clock = new ManualClock()
    const { server, admin, add } = await startHouse({ config, clock })
    const ann = await add('ann')
    const guess = (username: string) => ask(server, 'POST /login', { body: { username, password: 'wrong' } })
    for (const username of ['ann', 'nobody', 'ann']) expect((await guess(username)).status).toBe(401)
    const query = 'types=sign_in_refused'
    const [event] = await whenReported(server, query, ['sign_in_refused'], admin)
    expect(event).toEqual({
      id: expect.any(String),
      type: 'sign_in_refused',
      timestamp: expect.any(Number),
      source: 'server',
      priority: 'NORMAL',
      data: { address: '127.0.0.1', name: 'ann', not_reported: 0 },
    })
    for (const token of [ann.access, undefined]) expect(await reported(server, query, token)).toEqual([])
    expect((await ask(server, `GET /events/${event?.id}`, { token: ann.access })).status).toBe(404)
    clock.advance(60_000)
    await guess('nobody')
    const events = await whenReported(server, query, ['sign_in_refused', 'sign_in_refused'], admin)
    expect(events[1]).toMatchObject({ data: { name: 'nobody', not_reported: 2 } })
  })

  it('limits that were reached, each once', async () => {
    const { server, admin, add } = await startHouse({ config: { ...config, 'limits.watches': 1 } })
    const ann = await add('ann')
    const socket = await TestSocket.open(`${server.socketUrl('/ws/live')}?token=${admin}`)
    for (let id = 0; id < 5; id++) socket.ask({ type: 'watch', id, label: 'North' })
    const [event] = await whenReported(server, 'types=limit_reached', ['limit_reached'], admin)
    expect(event).toMatchObject({ data: { limit: 'limits.watches' } })
    expect(await reported(server, 'types=limit_reached', ann.access)).toEqual([])
  })

  it('a disk that is nearly full', async () => {
    const clock = new ManualClock()
    const { server, admin, add } = await startHouse({ config: { 'events.disk_free_bytes': 1e12 }, clock })
    const ann = await add('ann')
    clock.advance(60_000)
    const [event] = await whenReported(server, 'types=disk_nearly_full', ['disk_nearly_full'], admin)
    expect(event).toMatchObject({
      priority: 'HIGH',
      data: { free_bytes: expect.any(Number), path: expect.stringContaining('data') },
    })
    expect(await reported(server, '', ann.access)).toEqual([])
    // Pictures are left out meanwhile, events are not.
    await server.publish('North', 'gate')
    const body = { type: 'x', label: 'North', key: 'gate', snapshot: true }
    expect(await must(server, 'POST /events', { token: KEY, body })).toEqual({
      id: expect.any(String),
      timestamp: expect.any(Number),
    })
  })
})
