import { describe, expect, it } from 'vitest'
import { ask, listOf, must, refused, signInOnPage, startHouse } from '../support/accounts.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { TestServer } from '../support/server.ts'

/** A port where nobody listens: privileged and unassigned. */
const NOBODY = 1

const GUN = { name: 'gun', host: '127.0.0.1', port: NOBODY, socket: 'sub' }

/** What is listed of an instrument that has sent nothing. */
const UNHEARD = {
  reason: expect.any(String),
  messages: 0,
  bytes: 0,
  rate: 0,
  pulse_id: null,
  lost_pulses: 0,
  restarts: 0,
  bytes_per_s: 0,
  rejected: 0,
  age_ms: null,
}

describe('/instruments', () => {
  it('adds, lists and removes instruments, and notes who did it', async () => {
    const { server, admin } = await startHouse()
    const added = await ask(server, 'POST /instruments', { token: admin, body: GUN })
    const source = { host: '127.0.0.1', port: NOBODY, socket: 'sub', mode: 'connect' }
    const gun = { ...UNHEARD, name: 'gun', origin: 'added', state: expect.any(String), channels: [], source }
    expect([added.status, added.body]).toEqual([201, gun])
    const beamline = await must(server, 'POST /instruments', { token: admin, body: { port: NOBODY, pictures: ['A'] } })
    expect(beamline).toMatchObject({ name: 'beamline', source: { host: 'localhost', socket: 'pull', pictures: ['A'] } })
    const { instruments } = await must(server, 'GET /instruments', { token: admin })
    expect(instruments).toMatchObject([{ name: 'gun' }, { name: 'beamline' }])
    const removed = await ask(server, 'DELETE /instruments/beamline', { token: admin })
    expect(removed.status).toBe(204)
    const again = await ask(server, 'DELETE /instruments/beamline', { token: admin })
    expect(again).toMatchObject(refused(404, 'There is no instrument "beamline"'))
    expect(listOf(await must(server, 'GET /instruments', { token: admin }), 'instruments')).toEqual([gun])
    const trail = listOf(await must(server, 'GET /audit?action=instrument.add', { token: admin }), 'entries')
    expect(trail).toMatchObject([
      { who: 'admin', target: 'beamline', detail: 'pull from tcp://localhost:1' },
      { target: 'gun', detail: 'sub from tcp://127.0.0.1:1' },
    ])
  })

  it('keeps what was added over a restart', async () => {
    const config = { data_dir: temporaryFolder() }
    const first = await startHouse({ config })
    const units = { 'GUN:ENERGY': 'MeV' }
    await must(first.server, 'POST /instruments', { token: first.admin, body: { ...GUN, levels: 'p1,p99', units } })
    await first.server.close()
    const { server, admin } = await startHouse({ config })
    const { instruments } = await must(server, 'GET /instruments', { token: admin })
    const colouring = { colormap: 'viridis', levels: 'p1,p99', log: false }
    const source = { port: NOBODY, socket: 'sub', ...colouring, units }
    expect(instruments).toMatchObject([{ name: 'gun', origin: 'added', source }])
  })

  it('refuses what makes no sense, a name that is taken, and one too many', async () => {
    const { server, admin } = await startHouse({ config: { 'instruments.max': 2 } })
    const add = (body: unknown) => ask(server, 'POST /instruments', { token: admin, body })
    expect(await add({ port: 0 })).toMatchObject(refused(422, 'port: must be a whole number from 1 to 65535'))
    expect(await add({ prt: 1 })).toMatchObject(
      refused(422, expect.stringMatching(/^prt: is no field of an instrument/)),
    )
    expect(await add([1])).toMatchObject(refused(422))
    expect((await add(GUN)).status).toBe(201)
    expect(await add(GUN)).toMatchObject(refused(409, 'There is an instrument "gun" already; choose another name'))
    expect((await add({ ...GUN, name: 'b' })).status).toBe(201)
    expect(await add({ ...GUN, name: 'c' })).toMatchObject(refused(503, expect.stringContaining('instruments.max')))
  })

  it('does not remove one of the configuration, and says where it is', async () => {
    const sources = JSON.stringify([{ name: 'gun', socket: 'sub', port: NOBODY }])
    const { server, admin } = await startHouse({ config: { source_port: NOBODY, 'instruments.sources': sources } })
    const { instruments } = await must(server, 'GET /instruments', { token: admin })
    expect(instruments).toMatchObject([
      { name: 'beamline', origin: 'configuration', source: { host: 'localhost', port: NOBODY } },
      { name: 'gun', origin: 'configuration' },
    ])
    const asked = await ask(server, 'DELETE /instruments/gun', { token: admin })
    expect(asked).toMatchObject(refused(409, expect.stringMatching(/configuration.*instruments\.sources/)))
  })

  it('shows people what they may view, and admins where it is read', async () => {
    const { server, admin, add } = await startHouse({ config: { 'access.anonymous': 'none' } })
    for (const name of ['North', 'South'])
      await must(server, 'POST /instruments', { token: admin, body: { ...GUN, name } })
    const { access } = await add('nora', 'user', ['North'])
    const [north, ...others] = listOf(await must(server, 'GET /instruments', { token: access }), 'instruments')
    expect(others).toEqual([])
    expect(north).toEqual({ ...UNHEARD, name: 'North', origin: 'added', state: expect.any(String), channels: [] })
    expect((await ask(server, 'GET /instruments')).status).toBe(401)
    expect((await ask(server, 'POST /instruments', { token: access, body: GUN })).status).toBe(403)
    expect((await ask(server, 'DELETE /instruments/North', { token: access })).status).toBe(403)
    const cookie = await signInOnPage(server, 'admin')
    expect((await ask(server, 'POST /instruments', { headers: { cookie }, body: GUN })).status).toBe(403)
  })

  it('keeps and does not read them where another server does', async () => {
    const { server, admin } = await startHouse({ config: { 'sources.pull': 'false' } })
    const gun = await must(server, 'POST /instruments', { token: admin, body: GUN })
    expect(gun).toMatchObject({ ...UNHEARD, state: 'off', reason: expect.stringContaining('sources.pull') })
  })
})

describe('belvedere serve', () => {
  it('reads an instrument with -O and -S, as its clients have it', async () => {
    const { url } = await ServerCommand.start(['-O', '127.0.0.1', '-S', String(NOBODY)])
    const response = await fetch(`${url}/instruments`)
    expect(await response.json()).toMatchObject({ instruments: [{ name: 'beamline', origin: 'configuration' }] })
  })

  it('does not start with an instrument that makes no sense, and says what is wrong', async () => {
    const starting = TestServer.start({ config: { 'instruments.sources': '[{"port":1},{"socket":"push"}]' } })
    await expect(starting).rejects.toThrow(/^instruments\.sources\[1\]: socket: must be one of pull, sub/)
  })
})

describe('the stream of an instrument', () => {
  it('has in /streams how the instrument is doing, and is there alone at an address of its own', async () => {
    const { server, admin } = await startHouse({ config: { source_port: NOBODY } })
    await server.publish('beamline', 'image')
    await server.publish('yard', 'image')
    const instrument = { ...UNHEARD, state: expect.any(String) }
    const of = (label: string) => must(server, `GET /streams/${label}/image`, { token: admin })
    expect(await of('beamline')).toMatchObject({ now: expect.any(Number), label: 'beamline', key: 'image', instrument })
    expect(await of('yard')).not.toHaveProperty('instrument')
    const streams = listOf(await must(server, 'GET /streams', { token: admin }), 'streams')
    expect(streams).toMatchObject([{ label: 'beamline', instrument }, { label: 'yard' }])
    const missing = await ask(server, 'GET /streams/yard/none', { token: admin })
    expect(missing).toMatchObject(refused(404, 'There is no stream "yard/none"'))
  })

  it('is counted in /metrics by the name of the instrument', async () => {
    const server = await TestServer.start({ config: { source_port: NOBODY } })
    const text = await (await server.get('/metrics')).text()
    for (const name of ['messages_total', 'bytes_total', 'lost_pulses_total', 'restarts_total', 'rejected_total'])
      expect(text).toContain(`belvedere_instrument_${name}{instrument="beamline"} 0`)
    expect(text).toContain('belvedere_instrument_live{instrument="beamline"} 0')
    expect(text).toContain('belvedere_instrument_pulses_per_second{instrument="beamline"} 0')
  })
})
