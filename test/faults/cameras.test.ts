import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listOf, login, must } from '../support/accounts.ts'
import { CameraViewer } from '../support/camera-viewer.ts'
import { childrenOf, ffmpegsOf } from '../support/child-processes.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { FakeRtsp } from '../support/fake-rtsp.ts'
import { freePort } from '../support/free-port.ts'
import { isRunning, MisbehavingFfmpeg } from '../support/misbehaving-ffmpeg.ts'
import { PASSWORD } from '../support/people.ts'
import { Pixels } from '../support/pixels.ts'
import { RtspCamera } from '../support/rtsp-camera.ts'
import { type Fields, freshLabel, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const SECRET = 'P@ss#1%0X'
const LOGIN = { user: 'admin', password: SECRET }
/** All ways in which the secret may be written. */
const ANY_SECRET = /P@ss#1|P%40ss|ss%231|1%250X/i

const QUICK = {
  admin_password: PASSWORD,
  'cameras.silence_timeout_s': 2,
  'cameras.connect_timeout_s': 3,
  'cameras.close_after_s': 0.1,
  'streams.stale_after_ms': 1500,
  'streams.offline_after_s': 4,
  'cameras.changes_per_minute': 1000,
  'events.states_per_minute': 100,
  'events.disk_free_bytes': 0,
}

/** Everything that the shared server has logged. */
const log: string[] = []
const shared = TestServer.ofFile({
  config: QUICK,
  log: pino({ level: 'trace' }, streamTo(log)),
})

const cameraOfFile = RtspCamera.ofFile({
  ...LOGIN,
  streams: [
    { path: '/h264', codec: 'h264', hasAudio: true },
    { path: '/other', codec: 'h264', size: { width: 320, height: 240 } },
  ],
})

function streamTo(lines: string[]): Writable {
  return new Writable({
    write: (line, _encoding, done) => {
      lines.push(String(line))
      done()
    },
  })
}

/** Adds a camera under a label of its own. */
async function add(fields: Fields, server?: TestServer) {
  const at = server ?? (await shared())
  const { access: token } = await login(at, 'admin')
  const stream = { label: freshLabel(), key: 'gate' }
  await must(at, 'POST /cameras', { token, body: { ...stream, ...fields } })
  const path = `/${stream.label}/${stream.key}`
  const shown = () => must(at, `GET /streams${path}`)
  return {
    server: at,
    token,
    stream,
    /** What `/streams` says of its stream. */
    shown,
    /** Waits until its state is that. @returns what `/streams` says of the camera then */
    async whenState(state: string): Promise<Fields> {
      let camera: Fields = {}
      await until(async () => {
        camera = (await shown()).camera as Fields
        return camera.state === state
      }, `the camera ${state}`)
      return camera
    },
    retry: () => must(at, `POST /cameras${path}/retry`, { token }),
    remove: () => must(at, `DELETE /cameras${path}`, { token }),
    /** What `/cameras` says of it. */
    entry: async () => {
      const cameras = listOf(await must(at, 'GET /cameras', { token }), 'cameras')
      return cameras.find(({ label }) => label === stream.label) ?? {}
    },
  }
}

const countOf = (camera: RtspCamera, event: string) => camera.events.filter((each) => each.event === event).length

/** The events of a camera that is killed, and stalls, among others where the machine is slow. */
const REPORTED = [
  /^stream_online/,
  /^stream_offline: (Nothing listens|The camera has closed)/,
  /^stream_online/,
  /^stream_offline: The camera (has sent no video|takes the connection)/,
  /^stream_online/,
]

describe('a camera that is watched', () => {
  it('is told to be away in words when it is killed or stalls, and is back once it is, also with another resolution', async () => {
    const camera = await cameraOfFile()
    const { server, stream, shown, whenState } = await add({ url: camera.url(), ...LOGIN })
    const viewer = await CameraViewer.open(server, stream, 320)
    expect((await viewer.freshPicture()).header).toMatchObject({ width: 640, height: 360 })
    expect(await whenState('live')).toMatchObject({ problem: null, codec: 'h264' })

    await camera.kill()
    await viewer.told('offline', /^Nothing listens at port \d+ of the camera/)
    expect(await shown()).toMatchObject({ state: 'offline', camera: { state: 'failed', problem: 'unreachable' } })
    await camera.startAgain({ width: 320, height: 240 })
    await viewer.picture(({ width, height }) => width === 320 && height === 240)

    camera.pause()
    await viewer.told('offline', /^The camera (has sent no video for 2 s|takes the connection, but has not answered)/)
    expect((await shown()).camera).toMatchObject({ state: 'failed', problem: 'silent' })
    camera.resume()
    await viewer.freshPicture()

    await camera.resize('/h264', { width: 640, height: 360 })
    await viewer.picture(({ width }) => width === 640)
    await until(async () => (await shown()).state === 'live', 'the stream live')

    const events = listOf(await must(server, `GET /events?labels=${stream.label}`), 'events')
    const reported = events.map(({ type, data }) => `${type}: ${(data as Fields).reason}`)
    let from = 0
    for (const each of REPORTED) {
      const at = reported.findIndex((text, i) => i >= from && each.test(text))
      expect(at, `${each} in ${reported.join()}`).toBeGreaterThanOrEqual(from)
      from = at + 1
    }
    // With a second for the connection and one for a key frame the picture is back within 5 s.
    const failures = log.filter((line) => line.includes(`camera ${stream.label}/`))
    const waits = failures.flatMap((line) => JSON.parse(line).again_in_ms ?? [])
    expect(Math.max(...waits)).toBeLessThanOrEqual(3000)
    const { restarts } = (await shown()).camera as Fields
    expect(restarts).toBeGreaterThanOrEqual(2)
    const metrics = await (await server.get('/metrics')).text()
    const name = `{camera="${stream.label}/gate"}`
    expect(metrics).toContain(`belvedere_camera_restarts_total${name} ${restarts}\n`)
    expect(metrics).toContain(`belvedere_camera_live${name} 1\n`)
    await viewer.leave()
    await whenState('idle')
  })
})

describe('a camera that nobody watches', () => {
  it('is not pulled on demand; of many who watch there is one connection, which ends with the last of them', async () => {
    const camera = await cameraOfFile()
    const before = countOf(camera, 'PLAY')
    const { server, stream, whenState } = await add({ url: camera.url(), ...LOGIN })
    expect(await whenState('idle')).toMatchObject({ reason: 'on demand: nobody is watching', bytes_per_s: 0 })
    const first = await CameraViewer.open(server, stream, 320)
    await first.freshPicture()
    const more = await Promise.all([320, 640, undefined].map((width) => CameraViewer.open(server, stream, width)))
    await Promise.all(more.map((viewer) => viewer.picture()))
    const ended = countOf(camera, 'TEARDOWN')
    for (const viewer of [first, ...more]) await viewer.leave()
    await camera.saw('TEARDOWN', ended + 1)
    const restarts = Number((await whenState('idle')).restarts)
    await until(() => ffmpegsOf(process.pid).length === 0, 'no ffmpeg')
    expect(countOf(camera, 'PLAY')).toBe(before + 1 + restarts)
  })

  it('is live and decoded by nobody where it always runs, and who comes sees a picture of before', async () => {
    const camera = await cameraOfFile()
    const { server, stream, shown, entry, whenState, remove } = await add({
      url: camera.url(),
      ...LOGIN,
      runs: 'always',
    })
    await whenState('live')
    expect(await shown()).toMatchObject({ state: 'live', viewers: 0, camera: { codec: 'h264' } })
    await until(async () => Number((await entry()).bytes) > 20_000, 'video')
    expect(await entry()).toMatchObject({ is_decoding: false, state: 'live' })
    expect(ffmpegsOf(process.pid)).toEqual([])
    const [played, ended] = [countOf(camera, 'PLAY'), countOf(camera, 'TEARDOWN')]
    const viewer = await CameraViewer.open(server, stream)
    await viewer.freshPicture()
    expect((await entry()).is_decoding).toBe(true)
    await viewer.leave()
    await until(() => ffmpegsOf(process.pid).length === 0, 'no ffmpeg')
    expect([await shown(), countOf(camera, 'PLAY')]).toMatchObject([{ state: 'live' }, played])
    await remove()
    await camera.saw('TEARDOWN', ended + 1)
  })

  it('whose password is wrong is asked once, and again only when somebody wants it', async () => {
    const camera = await FakeRtsp.start({
      DESCRIBE: () => ({
        status: '401 Unauthorized',
        fields: { 'WWW-Authenticate': 'Digest realm="camera", nonce="1"' },
      }),
    })
    const { server, stream, whenState, shown, retry, remove } = await add({ url: camera.url, ...LOGIN, runs: 'always' })
    expect(await whenState('stopped')).toMatchObject({
      problem: 'password',
      reason: expect.stringMatching(/the password is wrong, or it serves no more log-ins/),
      restarts: 1,
    })
    const viewer = await CameraViewer.open(server, stream)
    await viewer.told('offline', /the password is wrong/)
    await viewer.leave()
    const oneTry = ['DESCRIBE', 'DESCRIBE']
    expect(camera.methods).toEqual(oneTry)
    await retry()
    await until(async () => ((await shown()).camera as Fields).restarts === 2, 'another try')
    expect([camera.methods, camera.peers.length]).toEqual([[...oneTry, ...oneTry], 2])
    await remove()
  })

  it('is not pulled while somebody else publishes its stream', async () => {
    const camera = await cameraOfFile()
    const { server, stream, shown, whenState, remove } = await add({ url: camera.url(), ...LOGIN, runs: 'always' })
    await whenState('live')
    const ended = countOf(camera, 'TEARDOWN')
    await server.publish(stream.label, stream.key)
    await whenState('yielding')
    await camera.saw('TEARDOWN', ended + 1)
    expect((await shown()).camera).toMatchObject({ reason: expect.stringContaining('somebody else publishes') })
    await whenState('live')
    await remove()
  })
})

/** What an `ffmpeg` may do, and what is said then. */
const BAD_DAYS = [
  ['kill -SEGV $$', /FFmpeg crashed \(SIGSEGV\)/],
  ['echo "hello there, this is no NUT"; exec sleep 60', /it is no NUT/],
  ['yes "a line of errors" | head -n 60000 >&2; exit 1', /It says: "a line of errors"$/],
  ['exec sleep 60', /gives no pictures any more, though it gets video/],
] as const

it('an ffmpeg that crashes, prints garbage, fills its standard error or hangs is told of, and a good one gives pictures again', async () => {
  const camera = await cameraOfFile()
  const recovers = async ([lines, reason]: (typeof BAD_DAYS)[number]) => {
    const fake = new MisbehavingFfmpeg(lines)
    const own = await TestServer.start({ config: { ...QUICK, 'cameras.ffmpeg': fake.path } })
    const { stream, whenState, shown, retry } = await add({ url: camera.url('/other'), ...LOGIN }, own)
    const viewer = await CameraViewer.open(own, stream)
    await viewer.told('offline', reason)
    expect(await whenState('failed')).toMatchObject({ problem: 'ffmpeg' })
    fake.replace('exec ffmpeg "$@"', '5.1.9')
    await retry()
    await viewer.freshPicture()
    await until(async () => (await shown()).state === 'live', 'the stream live')
    await viewer.leave()
    await until(() => !fake.ids.some(isRunning), 'none of them running')
  }
  await Promise.all(BAD_DAYS.map(recovers))
})

it('20 cameras that fail at once are tried ever less often, and others go on', async () => {
  const tries: number[] = []
  const broken = createServer((socket) => {
    tries.push(performance.now())
    socket.on('error', () => {}).destroy()
  })
  const port = await freePort()
  await new Promise<void>((listening) => broken.listen(port, '127.0.0.1', listening))
  onTestFinished(() => void broken.close())
  const camera = await cameraOfFile()
  const server = await shared()
  const good = await add({ url: camera.url('/other'), ...LOGIN })
  const viewer = await CameraViewer.open(server, good.stream)
  await viewer.freshPicture()
  const label = freshLabel()
  const keys = Array.from({ length: 20 }, (_, i) => `camera ${i}`)
  for (const key of keys)
    await must(server, 'POST /cameras', {
      token: good.token,
      body: { url: `rtsp://127.0.0.1:${port}/`, label, key, runs: 'always' },
    })
  await until(() => tries.length > 60, 'more than three tries of each')
  await viewer.freshPicture()
  await viewer.leave()
  // Somebody's third comes 0.25 and 0.5 s after the first and the second at the soonest, the fourth another 1 s later.
  const [first = 0] = tries
  expect((tries[40] ?? 0) - first).toBeGreaterThan(700)
  expect((tries[60] ?? 0) - first).toBeGreaterThan(1600)
  for (const key of keys)
    await must(server, `DELETE /cameras/${label}/${encodeURIComponent(key)}`, { token: good.token })
})

describe('a server', () => {
  /** One in a process of its own that pulls a camera for a viewer. */
  async function running() {
    const camera = await cameraOfFile()
    const source = { url: camera.url(), ...LOGIN, site: 'North', name: 'gate', runs: 'always' }
    const folder = temporaryFolder()
    const server = await ServerCommand.start(
      ['--cameras.sources', JSON.stringify([source]), '--data-dir', folder, '--log.level', 'trace'],
      {},
      asProcess,
    )
    const socketUrl = (route: string) => server.url.replace('http', 'ws') + route
    const viewer = await CameraViewer.open({ socketUrl }, { label: 'North', key: 'gate' })
    await viewer.freshPicture()
    const processes = childrenOf(process.pid).filter(({ command }) => /\bffmpeg\b.*-f nut/.test(command))
    expect(processes.map(({ command }) => command)).toEqual([expect.not.stringMatching(ANY_SECRET)])
    return { camera, server, processes, ended: countOf(camera, 'TEARDOWN') }
  }

  it('that is killed leaves no ffmpeg', async () => {
    const { server, processes } = await running()
    server.kill()
    await server.exited
    await until(() => !processes.some(({ id }) => isRunning(id)), 'no ffmpeg')
  })

  it('that is stopped leaves no ffmpeg, ends the session with the camera, and has logged no secret', async () => {
    const { camera, server, processes, ended } = await running()
    expect(await server.stop()).toBe(0)
    expect(processes.filter(({ id }) => isRunning(id))).toEqual([])
    await camera.saw('TEARDOWN', ended + 1)
    expect(server.stdout + server.stderr).not.toMatch(ANY_SECRET)
  })
})

it('a password with @ # and % works raw, encoded and in a field of its own, and is visible nowhere', async () => {
  const data_dir = temporaryFolder()
  const lines: string[] = []
  const camera = await cameraOfFile()
  const server = await TestServer.start({
    config: { ...QUICK, data_dir },
    log: pino({ level: 'trace' }, streamTo(lines)),
  })
  const behind = camera.url().replace('rtsp://', '')
  const seen: unknown[] = []
  for (const [fields, state] of [
    [{ url: `rtsp://admin:${SECRET}@${behind}` }, 'live'],
    [{ url: `rtsp://admin:${encodeURIComponent(SECRET)}@${behind}` }, 'live'],
    [{ url: camera.url(), ...LOGIN }, 'live'],
    // What the camera says of a wrong one must not tell it either.
    [{ url: `rtsp://admin:${SECRET}X@${behind}` }, 'stopped'],
    [{ url: `rtsp://admin:${SECRET}@${behind}/none?password=${encodeURIComponent(SECRET)}` }, 'failed'],
  ] as const) {
    const added = await add({ ...fields, runs: 'always' }, server)
    await added.whenState(state)
    if (state === 'live') await (await CameraViewer.open(server, added.stream, 320)).freshPicture()
    seen.push(await added.shown(), await added.entry())
  }
  const { access: token } = await login(server, 'admin')
  for (const path of ['/streams', '/events?limit=100', '/cameras', '/audit?limit=100'])
    seen.push(await must(server, `GET ${path}`, { token }))
  seen.push(
    await (await server.get('/metrics')).text(),
    childrenOf(process.pid).filter(({ command }) => !command.includes('rtsp_camera.py')),
    lines,
  )
  for (const each of seen) expect(JSON.stringify(each)).not.toMatch(ANY_SECRET)
  await server.close()
  const files = readdirSync(data_dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  expect(files.length).toBeGreaterThan(1)
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'latin1'), name).not.toMatch(ANY_SECRET)
})

it('the picture that is shown at a time is the one that the camera took then, by its own clock', async () => {
  const camera = await RtspCamera.start({ streams: [{ path: '/clock', codec: 'h264', isNumbered: true, tells: true }] })
  const { server, stream, whenState } = await add({ url: camera.url('/clock') })
  const viewer = await CameraViewer.open(server, stream, 320)
  // Its clock is known with its first report.
  await viewer.picture(({ capture_clock }) => capture_clock === 'synchronised')
  const errors: number[] = []
  while (errors.length < 15) {
    const { header, image } = await viewer.picture()
    const pixels = await Pixels.of(new Uint8Array(image))
    const middle = (bar: number) => pixels.at(((bar + 0.5) * pixels.width) / 8, pixels.height / 2)[1]
    const number = Array.from({ length: 8 }, (_, bar) => (middle(bar) > 128 ? 2 ** bar : 0)).reduce(
      (sum, bit) => sum + bit,
    )
    const due = camera.events.findLast((event) => event.event === 'picture' && event.number === number)
    if (due?.at === undefined) throw new Error(`there is no picture ${number}`)
    errors.push(Number(header.captured_at) - due.at)
  }
  expect(await whenState('live')).toMatchObject({ clock: 'camera' })
  expect(errors.filter((error) => Math.abs(error) > 50)).toEqual([])
})
