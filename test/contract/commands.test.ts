import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, listOf, must, refused, signInOnPage, startHouse } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type Fields, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const GATE = {
  description: 'Opens the gate',
  role: 'user',
  label: '{site}',
  params: { site: { type: 'string' }, pin: { type: 'string', writeOnly: true, default: '' } },
  required: ['site'],
  event: { type: 'GATE_OPENED', data: { by: 'command' } },
}

/** The setting with these commands. */
const custom = (commands: object) => ({ 'commands.custom': JSON.stringify(commands) })

/** A program of this text, and a folder for it to write to. */
function program(lines: string) {
  const folder = temporaryFolder()
  const path = join(folder, 'program')
  writeFileSync(path, `#!/bin/sh\n${lines}\n`)
  chmodSync(path, 0o700)
  return { path, folder }
}

/** A server that leaves whoever asks without an answer until the test gives it. */
async function slowServer() {
  const asked: ServerResponse[] = []
  const server = createServer((_request, response) => asked.push(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://ann:secret@127.0.0.1:${port}/open?pin={pin}`, asked }
}

async function auditOf(server: TestServer, admin: string): Promise<Fields[]> {
  return listOf(await must(server, 'GET /audit?action=command', { token: admin }), 'entries')
}

describe('commands', () => {
  it('are those that are built in, and those of the operator, for those who may give them', async () => {
    const shut = { description: 'Shuts', event: { type: 'X' } }
    const { server, admin, add } = await startHouse({ config: custom({ open_gate: GATE, shut }) })
    const namesFor = async (token: string) =>
      listOf(await must(server, 'GET /commands', { token }), 'commands').map(({ name }) => name)
    expect(await namesFor(admin)).toEqual(['get_system_status', 'open_gate', 'shut', 'trigger_doorbell'])
    expect(await namesFor((await add('ann')).access)).toEqual(['get_system_status', 'open_gate', 'trigger_doorbell'])
    expect(await namesFor((await add('gus', 'guest')).access)).toEqual([])
    expect(listOf(await must(server, 'GET /commands', { token: admin }), 'commands')[1]).toEqual({
      name: 'open_gate',
      description: 'Opens the gate',
      params: { type: 'object', properties: GATE.params, required: ['site'], additionalProperties: false },
    })
  })

  it('tell how the server is', async () => {
    const server = await TestServer.start()
    await server.publish('North', 'door')
    expect(await must(server, 'POST /commands/get_system_status')).toEqual({
      command: 'get_system_status',
      success: true,
      result: {
        status: 'running',
        timestamp: expect.any(Number),
        streaming_status: 'running',
        active_connections: 0,
        events_streamed: 0,
        buffer_size: 100,
        events_stored: true,
        camera: 'North/door',
        camera_status: 'live',
      },
    })
  })

  it('ring the doorbell', async () => {
    const server = await TestServer.start()
    const answer = await must(server, 'POST /commands/trigger_doorbell', { body: { label: 'North', key: 'door' } })
    const [event] = listOf(await must(server, 'GET /events'), 'events')
    expect(event).toMatchObject({ type: 'DOORBELL_PRESSED', label: 'North', key: 'door' })
    expect(answer).toEqual({
      command: 'trigger_doorbell',
      success: true,
      result: { triggered: true, timestamp: Number(event?.timestamp) / 1000, event_id: event?.id },
    })
  })

  it('are refused with a sentence where they do not fit', async () => {
    const { server, admin } = await startHouse({ config: custom({ open_gate: GATE }) })
    const give = (name: string, body?: unknown) => ask(server, `POST /commands/${name}`, { token: admin, body })
    expect(await give('no_such')).toMatchObject(refused(404, 'Unknown command: no_such'))
    expect(await give('open_gate')).toMatchObject(refused(422, 'site: is required'))
    expect(await give('open_gate', { site: 5 })).toMatchObject(refused(422, 'site: must be a text'))
    expect(await give('open_gate', { site: ' ' })).toMatchObject(refused(422, 'label: must not be empty'))
    expect(await give('open_gate', { site: 'North', door: 1 })).toMatchObject(
      refused(422, 'door: there is no such parameter'),
    )
    expect(await give('open_gate', ['North'])).toMatchObject(refused(422))
    expect(await give('open_gate', { site: 'x'.repeat(20_000) })).toMatchObject(
      refused(413, 'params: at most 16384 bytes (commands.param_bytes)'),
    )
    expect(await must(server, 'GET /events?types=GATE_OPENED', { token: admin })).toMatchObject({ events: [] })
  })

  it('of one site are not for the users of another, nor for guests and strangers', async () => {
    const { server, admin, add } = await startHouse({ config: custom({ open_gate: GATE }) })
    const [ann, gus] = [await add('ann'), await add('gus', 'guest')]
    const open = (site: string, token?: string) =>
      ask(server, 'POST /commands/open_gate', { token, body: { site, pin: '1234' } })
    expect(await open('South', ann.access)).toMatchObject(refused(403, 'ann may not give the command open_gate South'))
    expect(await open('North', gus.access)).toMatchObject(refused(403))
    expect(await open('North', 'wrong')).toMatchObject(refused(401))
    expect(await open('North', ann.access)).toMatchObject({ status: 200 })
    expect(listOf(await must(server, 'GET /events', { token: admin }), 'events').map(({ label }) => label)).toEqual([
      'North',
    ])
    const entries = await auditOf(server, admin)
    expect(entries.map(({ who, target, outcome, address }) => [who, target, outcome, address])).toEqual([
      ['ann', 'open_gate North', 'ok', '127.0.0.1'],
      ['ann', 'open_gate South', 'refused', '127.0.0.1'],
    ])
    expect(JSON.stringify(entries)).not.toContain('1234')
  })

  it('are not given by a page of another site', async () => {
    const { server, add } = await startHouse()
    await add('ann')
    const cookie = await signInOnPage(server, 'ann')
    const give = (headers: Record<string, string>) =>
      ask(server, 'POST /commands/trigger_doorbell', { body: { label: 'North' }, headers: { cookie, ...headers } })
    expect(await give({ origin: 'https://evil.example' })).toMatchObject(refused(403))
    expect(await give({})).toMatchObject(refused(403))
    expect(await give({ origin: server.url })).toMatchObject({ status: 200 })
  })

  it('count together, whatever they are given by', async () => {
    const { server, add } = await startHouse({ clock: new ManualClock(), config: { 'limits.commands_per_minute': 3 } })
    const { access: token } = await add('ann')
    expect((await ask(server, 'POST /commands/get_system_status', { token })).status).toBe(200)
    expect((await ask(server, 'POST /api/trigger-doorbell', { token, body: { label: 'North' } })).status).toBe(200)
    expect((await ask(server, 'PUT /demo', { token, body: {} })).status).toBe(403)
    expect(await ask(server, 'POST /commands/get_system_status', { token })).toMatchObject({
      ...refused(429, 'At most 3 commands a minute (limits.commands_per_minute); try again in 60 s.'),
      headers: { 'retry-after': '60' },
    })
  })
})

describe('a program', () => {
  it('is run, and gives back what it writes', async () => {
    const { path } = program('printf \'{"args":"%s"}\' "$*"')
    const list = { description: 'Lists', role: 'user', params: { a: { type: 'string' } }, required: ['a'] }
    const server = await TestServer.start({
      config: custom({ list: { ...list, program: { path, args: ['{a}', 'x'] } } }),
    })
    expect(await must(server, 'POST /commands/list', { body: { a: '; id' } })).toMatchObject({
      result: { exit_code: 0, output: { args: '; id x' } },
    })
    expect(await ask(server, 'POST /commands/list', { body: { a: '-x' } })).toMatchObject(
      refused(422, 'a: must not begin with "-"'),
    )
  })

  it('that hangs is ended at the limit, and at shutdown', async () => {
    const { path, folder } = program('echo $$ > "$1"; exec sleep 1000')
    const writingTo = (file: string) => ({ path, args: [join(folder, file)] })
    const hang = { description: 'Hangs', role: 'user', program: writingTo('first') }
    const commands = { hang: { ...hang, timeout_s: 0.3 }, hang_on: { ...hang, program: writingTo('second') } }
    const server = await TestServer.start({ config: custom(commands) })
    expect(await ask(server, 'POST /commands/hang')).toMatchObject(
      refused(503, 'hang took longer than 0.3 s and was stopped; some of it may have been done.'),
    )
    const idIn = (file: string) =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : ''
    const giving = ask(server, 'POST /commands/hang_on')
    await until(() => idIn('second') !== '', 'the start of the second')
    await server.close()
    expect(await giving).toMatchObject(refused(503, 'The server is shutting down.'))
    // On a busy machine the first one may have been ended before it wrote anything.
    for (const id of ['first', 'second'].map(idIn).filter(Boolean))
      await until(() => isGone(Number(id)), `the end of ${id}`)
  })

  it('that waits for its turn when the right or the time ends is not run', async () => {
    const { path, folder } = program('echo x >> "$1/runs"; while [ ! -e "$1/go" ]; do sleep 0.01; done')
    const wait = { description: 'Waits', role: 'user', label: 'North', program: { path, args: [folder] } }
    const { server, admin, add } = await startHouse({
      config: { ...custom({ wait, brief: { ...wait, timeout_s: 0.3 } }), 'commands.running': 1 },
    })
    const [ann, ben] = [await add('ann'), await add('ben')]
    const running = ask(server, 'POST /commands/wait', { token: admin })
    await until(() => existsSync(join(folder, 'runs')), 'the first')
    const waiting = ask(server, 'POST /commands/wait', { token: ann.access })
    expect(await ask(server, 'POST /commands/brief', { token: ben.access })).toMatchObject(
      refused(503, 'brief could not begin within 0.3 s and was not done.'),
    )
    await must(server, 'PUT /set_user_active_status', { token: admin, body: { username: 'ann', is_active: false } })
    writeFileSync(join(folder, 'go'), '')
    expect(await running).toMatchObject({ status: 200 })
    expect(await waiting).toMatchObject(refused(401, 'No longer allowed: this account was disabled.'))
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('x\n')
  })
})

describe('an HTTP call', () => {
  it('shows its password nowhere', async () => {
    const { url, asked } = await slowServer()
    const open = { ...GATE, event: undefined, http: { url } }
    const { server, admin } = await startHouse({ config: custom({ open }) })
    const giving = ask(server, 'POST /commands/open', { token: admin, body: { site: 'North', pin: 'p1n' } })
    await until(() => asked.length === 1, 'the call')
    asked[0]?.writeHead(401).end()
    const answer = await giving
    expect(answer).toMatchObject(refused(503, 'open failed: the server that it calls answered 401.'))
    const list = await must(server, 'GET /commands', { token: admin })
    const shown = JSON.stringify([answer, list, await auditOf(server, admin)])
    expect([shown.includes('secret'), shown.includes('p1n')]).toEqual([false, false])
  })

  it('whose caller has lost the right meanwhile gives back nothing', async () => {
    const { url, asked } = await slowServer()
    const open = { ...GATE, event: undefined, http: { url } }
    const { server, admin, add } = await startHouse({ config: custom({ open }) })
    const { access: token } = await add('ann')
    const giving = ask(server, 'POST /commands/open', { token, body: { site: 'North' } })
    await until(() => asked.length === 1, 'the call')
    await must(server, 'PUT /users/ann/labels', { token: admin, body: { labels: ['South'] } })
    asked[0]?.end('open')
    expect(await giving).toMatchObject(refused(401))
  })
})

describe('a definition', () => {
  it.each([
    [{ trigger_doorbell: GATE }, 'commands.custom.trigger_doorbell: there is a command of that name already'],
    [{ 'open-gate': GATE }, 'commands.custom.open-gate: its name must begin with a small letter'],
    [{ x: { description: 'x', program: { path: '/nowhere' } } }, 'program.path: there is no program /nowhere'],
    [{ x: { description: 'x', program: { path: '/' } } }, 'program.path: / is no file'],
    [{ x: { ...GATE, label: '{door}' } }, 'commands.custom.x: {door}: there is no such parameter'],
  ])('that is wrong ends the start: %j', async (commands, message) => {
    await expect(TestServer.start({ config: custom(commands) })).rejects.toThrow(message)
  })

  it('is not shown where the setting is wrong', async () => {
    await expect(TestServer.start({ config: { 'commands.custom': '{"secret' } })).rejects.toThrow(
      'commands.custom must be a table of commands, each a name with its definition (docs/commands.md), not what was given (not shown here)',
    )
  })

  it('does not come over the network', async () => {
    const { server, admin } = await startHouse()
    const before = await must(server, 'GET /commands', { token: admin })
    for (const call of ['PUT /commands', 'POST /commands', 'PUT /commands/evil', 'PATCH /commands/evil'])
      expect(await ask(server, call, { token: admin, body: { evil: GATE } })).toMatchObject(refused(404))
    expect(await must(server, 'GET /commands', { token: admin })).toEqual(before)
  })
})

function isGone(id: number): boolean {
  try {
    process.kill(id, 0)
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'))
  } catch {
    return true
  }
}
