import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CameraFailure } from '../../src/sources/cameras/camera-input.ts'
import { ask, listOf, must, refused, startHouse } from '../support/accounts.ts'
import { FakePuller, IDLE } from '../support/cameras.ts'
import { temporaryFolder } from '../support/command.ts'
import { signInAs } from '../support/people.ts'
import { TestServer } from '../support/server.ts'

const SECRET = 'P@ss#1%0X'
const GATE = { url: `rtsp://admin:${SECRET}@10.0.0.5/live?token=abcd`, label: 'North', key: 'gate' }

/** What is listed of a camera that nobody watches. */
const UNWATCHED = {
  state: 'idle',
  reason: IDLE.reason,
  problem: null,
  last_error: null,
  codec: null,
  width: null,
  height: null,
  fps: 0,
  bytes_per_s: 0,
  bytes: 0,
  restarts: 0,
  clock: null,
  is_decoding: false,
}

const GATE_SHOWN = {
  ...UNWATCHED,
  ...{ label: 'North', key: 'gate', origin: 'added', runs: 'on-demand' },
  url: 'rtsp://10.0.0.5/live?token=***',
  user: 'admin',
  has_password: true,
  certificate: 'verified',
  transport: 'auto',
  may_edit: true,
}

async function startWithCameras(config: Readonly<Record<string, string | number>> = {}) {
  const puller = new FakePuller()
  const house = await startHouse({ config, cameraPuller: puller })
  return { ...house, puller }
}

describe('/cameras', () => {
  it('adds, lists, changes, tries again and removes cameras, and notes who did it, without any secret', async () => {
    const { server, admin, puller } = await startWithCameras()
    const added = await ask(server, 'POST /cameras', { token: admin, body: GATE })
    expect([added.status, added.body]).toEqual([201, GATE_SHOWN])
    const started = { url: 'rtsp://10.0.0.5/live?token=abcd', user: 'admin', password: SECRET }
    expect(puller.started).toMatchObject([{ settings: started, origin: 'added' }])
    expect((await ask(server, 'POST /cameras', { token: admin, body: GATE })).status).toBe(409)

    expect(await must(server, 'GET /cameras', { token: admin })).toEqual({
      cameras: [GATE_SHOWN],
      ffmpeg: { version: '5.1.9', problem: null },
      addresses: { private: 'allow' },
    })
    const body = { url: GATE_SHOWN.url, label: 'South', key: 'yard', runs: 'always', certificate: 'any' }
    const changed = await must(server, 'PATCH /cameras/North/gate', { token: admin, body })
    expect(changed).toEqual({ ...GATE_SHOWN, ...body })
    expect(puller.running).toEqual(['South/yard'])
    expect(puller.started.at(-1)?.settings).toMatchObject({ ...started, runs: 'always', certificate: 'any' })
    await must(server, 'POST /cameras/South/yard/retry', { token: admin })
    expect(puller.retried).toEqual(['South/yard'])

    await must(server, 'PATCH /cameras/South/yard', { token: admin, body: { runs: 'off' } })
    expect(puller.running).toEqual([])
    const retried = await ask(server, 'POST /cameras/South/yard/retry', { token: admin })
    expect(retried).toMatchObject(refused(409, '"South/yard" is not pulled: It is switched off.'))
    expect((await ask(server, 'DELETE /cameras/South/yard', { token: admin })).status).toBe(204)
    const again = await ask(server, 'DELETE /cameras/South/yard', { token: admin })
    expect(again).toMatchObject(refused(404, 'There is no camera "South/yard"'))

    const trail = listOf(await must(server, 'GET /audit?limit=100', { token: admin }), 'entries')
    const ofCameras = trail.filter(({ action }) => String(action).startsWith('camera.'))
    expect(ofCameras.toReversed()).toMatchObject([
      { who: 'admin', action: 'camera.add', target: 'North/gate', detail: 'rtsp://10.0.0.5' },
      { action: 'camera.change', target: 'North/gate', detail: 'label, key, url, runs, certificate: rtsp://10.0.0.5' },
      { action: 'camera.change', target: 'South/yard', detail: 'runs: rtsp://10.0.0.5' },
      { action: 'camera.remove', target: 'South/yard' },
    ])
    expect(JSON.stringify(trail)).not.toMatch(/P@ss|abcd/)
  })

  it('says in a sentence what is wrong with the fields, and repeats no secret', async () => {
    const { server, admin } = await startWithCameras()
    for (const [body, problem] of [
      [{}, 'label: a text is required'],
      [{ label: 'a', key: 'b' }, 'url: a text is required'],
      [{ ...GATE, url: 'file:///etc/passwd' }, 'url: files and video devices'],
      [{ ...GATE, url: `admin:${SECRET}@cam` }, 'url: write rtsp:// before it'],
      [{ ...GATE, url: 'rtsp://a:***@cam/' }, 'password: is masked'],
      [{ ...GATE, runs: 'sometimes' }, 'runs: must be one of on-demand, always, off'],
      [{ ...GATE, video_url: 'x' }, 'video_url: is no field of a camera'],
      [{ ...GATE, password: 'a\nb' }, 'password: must not contain control characters'],
    ] as const) {
      const answer = await ask(server, 'POST /cameras', { token: admin, body })
      expect(answer, problem).toMatchObject({ status: 422, body: { detail: expect.stringContaining(problem) } })
      expect(JSON.stringify(answer.body)).not.toContain(SECRET)
    }
  })

  it('keeps a stored password for its own host only, also in a test', async () => {
    const { server, admin, puller } = await startWithCameras()
    await must(server, 'POST /cameras', { token: admin, body: GATE })
    const elsewhere = { url: 'rtsp://evil.example/live' }
    for (const [call, more] of [
      ['PATCH /cameras/North/gate', {}],
      ['POST /cameras/test', { label: 'North', key: 'gate' }],
    ] as const) {
      const answer = await ask(server, call, { token: admin, body: { ...elsewhere, ...more } })
      expect(answer).toMatchObject(refused(422, 'password: type it again, as it is kept for 10.0.0.5 only'))
      const masked = { url: 'rtsp://evil.example/live?token=***', ...more }
      expect(await ask(server, call, { token: admin, body: masked })).toMatchObject({ status: 422 })
    }
    expect(puller.tested).toEqual([])
    await must(server, 'PATCH /cameras/North/gate', { token: admin, body: { url: 'http://10.0.0.5/snap' } })
    expect(puller.started.at(-1)?.settings).toMatchObject({ url: 'http://10.0.0.5/snap', password: SECRET })
  })

  it('shows who may view its stream how a camera is doing, and who may edit its label where it is', async () => {
    const { server, admin } = await startWithCameras()
    for (const label of ['North', 'South'])
      await must(server, 'POST /cameras', { token: admin, body: { ...GATE, label } })
    const mia = await signInAs(server, admin, { username: 'mia', role: 'model_manager', labels: ['North'] })
    const uri = await signInAs(server, admin, { username: 'uri', role: 'user', labels: ['North'] })
    expect(listOf(await must(server, 'GET /cameras', { token: mia }), 'cameras')).toEqual([GATE_SHOWN])
    const { label, key, origin, runs } = GATE_SHOWN
    expect(await must(server, 'GET /cameras', { token: uri })).toEqual({
      cameras: [{ ...UNWATCHED, label, key, origin, runs }],
    })
    const calls = [
      ['POST /cameras', { ...GATE, label: 'South', key: 'mine' }],
      ['PATCH /cameras/South/gate', { runs: 'off' }],
      ['PATCH /cameras/North/gate', { label: 'South', key: 'mine' }],
      ['DELETE /cameras/South/gate', undefined],
      ['POST /cameras/South/gate/retry', undefined],
      ['POST /cameras/test', { label: 'South', key: 'gate' }],
    ] as const
    for (const [call, body] of calls) {
      expect(await ask(server, call, { token: mia, body }), call).toMatchObject({ status: 403 })
      expect(await ask(server, call, { token: uri, body }), call).toMatchObject({ status: 403 })
    }
    await must(server, 'PATCH /cameras/North/gate', { token: mia, body: { runs: 'always' } })
  })

  it('tests a camera with a picture, or says what is wrong with it', async () => {
    const { server, admin, puller } = await startWithCameras({ 'cameras.tests_at_once': 1 })
    await must(server, 'POST /cameras', { token: admin, body: GATE })
    const tested = await must(server, 'POST /cameras/test', { token: admin, body: { url: GATE.url } })
    const result = { width: 1280, height: 720, codec: 'h264', took_ms: 312, clock: 'camera' }
    expect(tested).toMatchObject({ ...result, picture: expect.stringMatching(/^\/9j\//) })
    await must(server, 'POST /cameras/test', { token: admin, body: { label: 'North', key: 'gate', user: 'root' } })
    const trail = listOf(await must(server, 'GET /audit?action=camera.test', { token: admin }), 'entries')
    expect(trail.map(({ detail }) => detail)).toEqual(['rtsp://10.0.0.5', 'rtsp://10.0.0.5'])
    expect(puller.tested.map(({ settings }) => [settings.user, settings.password])).toEqual([
      ['admin', SECRET],
      ['root', SECRET],
    ])
    puller.onTest = async () => {
      throw new CameraFailure('password', 'rtsp://a:geheim@cam/ refuses the log-in', Number.POSITIVE_INFINITY)
    }
    const failed = await ask(server, 'POST /cameras/test', { token: admin, body: GATE })
    expect(failed).toMatchObject({
      status: 422,
      body: { detail: 'rtsp://a:***@cam/ refuses the log-in', problem: 'password' },
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    puller.onTest = (_settings, signal) =>
      new Promise((_, reject) => {
        resolve()
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const gone = new AbortController()
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }
    const post = { method: 'POST', headers, body: JSON.stringify(GATE) }
    const waiting = fetch(`${server.url}/cameras/test`, { ...post, signal: gone.signal })
    await promise
    const second = await ask(server, 'POST /cameras/test', { token: admin, body: GATE })
    expect(second).toMatchObject({ status: 503, body: { detail: expect.stringContaining('cameras.tests_at_once') } })
    gone.abort()
    await expect(waiting).rejects.toThrow()
  })

  it('pulls what is switched on of the hub’s list, and goes on when that is posted again', async () => {
    const { server, admin, puller } = await startWithCameras()
    const config = [
      { video_url: 'rtsp://a:geheim@cam/', site: 'North', stream_name: 'hub' },
      { video_url: 'rtsp://unnamed/' },
    ]
    await must(server, 'POST /api/config', { token: admin, body: { config } })
    const listed = async () => listOf(await must(server, 'GET /cameras', { token: admin }), 'cameras')
    expect(await listed()).toMatchObject([
      { key: 'hub', origin: 'hub', runs: 'off', state: 'off', url: 'rtsp://cam/', has_password: true },
    ])
    expect(puller.running).toEqual([])
    const mia = await signInAs(server, admin, { username: 'mia', role: 'model_manager', labels: ['North'] })
    await must(server, 'PATCH /cameras/North/hub', { token: mia, body: { runs: 'on-demand' } })
    expect(puller.running).toEqual(['North/hub'])
    const shown = await must(server, 'GET /api/config', { token: admin })
    await must(server, 'POST /api/config', { token: admin, body: shown })
    expect([puller.running, puller.started.length]).toEqual([['North/hub'], 1])
    const renamed = await ask(server, 'PATCH /cameras/North/hub', { token: admin, body: { url: 'rtsp://other/' } })
    expect(renamed).toMatchObject({ status: 409, body: { detail: expect.stringContaining('POST /api/config') } })
    await must(server, 'POST /api/config', { token: admin, body: [] })
    expect([puller.running, await listed()]).toEqual([[], []])
  })

  it('shows how a camera is doing with its stream and in the metrics', async () => {
    const { server, admin, puller } = await startWithCameras()
    await must(server, 'POST /cameras', { token: admin, body: GATE })
    const lastError = { problem: 'unreachable', reason: 'cam does not answer', at: 5 } as const
    puller.status = { ...IDLE, state: 'failed', reason: 'cam does not answer', lastError, restarts: 3, rate: 24.96 }
    await server.publish('North', 'gate')
    const { camera } = await must(server, 'GET /streams/North/gate', { token: admin })
    const short = { problem: 'unreachable', restarts: 3, bytes_per_s: 0, fps: 25, codec: null, clock: null }
    expect(camera).toEqual({ state: 'failed', reason: 'cam does not answer', ...short })
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toContain('belvedere_camera_restarts_total{camera="North/gate"} 3')
    expect(metrics).toContain('belvedere_camera_failed{camera="North/gate"} 1')
  })

  it('are there again after a restart, those of the configuration first; and without the key file, lost until typed again', async () => {
    const data_dir = temporaryFolder()
    const source = { url: 'file:///srv/clip.mp4', site: 'North', name: 'clip', runs: 'always' }
    const config = { data_dir, 'cameras.sources': JSON.stringify([source]) }
    const first = await startWithCameras({ data_dir })
    await must(first.server, 'POST /cameras', { token: first.admin, body: GATE })
    await must(first.server, 'POST /cameras', { token: first.admin, body: { ...GATE, key: 'clip' } })
    await first.server.close()
    const files = readdirSync(data_dir).filter((name) => readFileSync(join(data_dir, name)).includes('P@ss#1'))
    expect(files).toEqual([])

    const second = await startWithCameras(config)
    expect(second.puller.running).toEqual(['North/clip', 'North/gate'])
    const { cameras } = await must(second.server, 'GET /cameras', { token: second.admin })
    expect(cameras).toMatchObject([
      { key: 'clip', origin: 'configuration', url: 'file:///srv/clip.mp4', state: 'idle' },
      GATE_SHOWN,
      {
        key: 'clip',
        origin: 'added',
        state: 'off',
        reason: 'The configuration has a camera of this name, which counts.',
      },
    ])
    for (const body of [{ runs: 'off' }, { url: 'rtsp://cam/' }])
      expect(await ask(second.server, 'PATCH /cameras/North/clip', { token: second.admin, body })).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('cameras.sources') },
      })
    // That of the configuration counts, and the one that was added goes.
    expect((await ask(second.server, 'DELETE /cameras/North/clip', { token: second.admin })).status).toBe(204)
    chmodSync(join(data_dir, 'cameras.key'), 0o644)
    const refusedNow = await ask(second.server, 'POST /cameras', { token: second.admin, body: { ...GATE, key: 'new' } })
    expect(refusedNow).toMatchObject({ status: 503, body: { detail: expect.stringContaining('chmod 600') } })
    await second.server.close()

    rmSync(join(data_dir, 'cameras.key'))
    const third = await startWithCameras({ data_dir })
    const lost = { ...GATE_SHOWN, url: '', user: '', has_password: false, state: 'off' }
    const listed = async () => listOf(await must(third.server, 'GET /cameras', { token: third.admin }), 'cameras')
    expect(await listed()).toEqual([{ ...lost, reason: expect.stringContaining('cameras.key') }])
    const patch = (body: object) => ask(third.server, 'PATCH /cameras/North/gate', { token: third.admin, body })
    expect(await patch({ runs: 'always' })).toMatchObject(refused(422, 'url: type the address and the password again'))
    expect(await patch({ url: GATE.url })).toMatchObject({ status: 200, body: { state: 'idle', has_password: true } })
    expect(await listed()).toEqual([GATE_SHOWN])
  })

  it('reads the configuration of another program, and adds what is wanted of it', async () => {
    const { server, admin, puller } = await startWithCameras()
    await must(server, 'POST /cameras', { token: admin, body: GATE })
    const text = `streams:
  gate: rtsp://10.0.0.9/
  yard: rtsp://admin:${SECRET}@10.0.0.5/live
  still: http://10.0.0.6/snap.jpg?pwd=abcd
  program: exec:sh
  "..": rtsp://10.0.0.7/
`
    const read = (more: object, token = admin) =>
      ask(server, 'POST /cameras/import', { token, body: { text, label: 'North', ...more } })
    const entry = (name: string, url: string, reason: string | null) => ({
      ...{ name, label: 'North', key: name, url, can_add: reason === null },
      ...{ reason: reason === null ? null : expect.stringContaining(reason), added: false },
    })
    const cameras = [
      entry('gate', 'rtsp://10.0.0.9/', 'There is a camera "North/gate" already.'),
      entry('yard', 'rtsp://admin:***@10.0.0.5/live', null),
      entry('still', 'http://10.0.0.6/snap.jpg?pwd=***', null),
      entry('program', 'exec:sh', 'Exec: runs a program'),
      entry('..', 'rtsp://10.0.0.7/', 'Its name cannot be that of a stream.'),
    ]
    expect(await read({})).toMatchObject({ status: 200, body: { format: 'go2rtc', cameras } })
    const added = { ...entry('yard', 'rtsp://admin:***@10.0.0.5/live', null), added: true }
    const after = cameras.map((each) => (each.name === 'yard' ? added : each))
    expect((await read({ add: ['yard', 'program'] })).body).toEqual({ format: 'go2rtc', cameras: after })
    expect(puller.started.at(-1)?.settings).toMatchObject({ stream: { key: 'yard' }, password: SECRET })
    const mia = await signInAs(server, admin, { username: 'mia', role: 'model_manager', labels: ['South'] })
    expect(await read({ add: ['still'] }, mia)).toMatchObject({ status: 403 })
  })

  it('says of wrong cameras of the configuration what is wrong, and does not start', async () => {
    const sources = [
      { url: 'rtsp://a/', site: 'N', name: 'a' },
      { url: 'rtsp://b/', site: 'N', name: 'a ' },
      { url: 'exec:sh', site: 'N', name: 'b', password_file: '/nowhere' },
      { url: 'exec:sh', site: 'N', name: 'b' },
    ]
    const start = TestServer.start({ config: { 'cameras.sources': JSON.stringify(sources) } })
    await expect(start).rejects.toThrow(/sources\[1\]: "N\/a " is the site and name of another camera/)
    await expect(start).rejects.toThrow(/sources\[2\]: password_file: cannot be read/)
    await expect(start).rejects.toThrow(/sources\[3\]: url: exec: runs a program/)
  })
})
