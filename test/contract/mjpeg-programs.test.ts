import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { parseJpegParts } from '../support/multipart-jpeg.ts'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

/* MJPEG with the programs that people read it with. */

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, '../fixtures/mjpeg.py')
const VIDEO = '/stream/video/program'

/** A server whose stream has twenty new pictures a second, of this size. */
async function startMoving(width: number, height: number): Promise<TestServer> {
  const server = await TestServer.start()
  let n = 0
  const send = () => server.publish('site', 'camera', { file: jpeg(width, height, 2000, `${n++}`) })
  await send()
  const timer = setInterval(() => void send().catch(() => {}), 50)
  onTestFinished(() => clearInterval(timer))
  return server
}

/** A server that shows its picture only to whoever has this key. */
async function startLocked(config: Record<string, string | number> = {}) {
  const { server, admin } = await startHouse({ config: { 'access.anonymous': 'none', ...config } })
  await server.publish('site', 'camera', { file: jpeg(320, 240) })
  const body = { name: 'recorder', scope: 'view', labels: ['site'] }
  return { server, key: textOf(await must(server, 'POST /keys', { token: admin, body }), 'key') }
}

/** Runs a program until it ends by itself or the test does. */
function run(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (data: Buffer) => output.push(data))
  child.stderr.on('data', (data: Buffer) => errors.push(data))
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString())
      else reject(new Error(`${program} ended with ${code}: ${Buffer.concat(errors)}`))
    })
  })
  // Of one that is ended with the test nobody asks.
  ended.catch(() => {})
  return { bytes: () => Buffer.concat(output), ended }
}

it.each(['requests', 'opencv'])('Python reads it with %s', async (how) => {
  const server = await startMoving(320, 240)
  const { ended } = run(PYTHON, [SCRIPT, how, server.url + VIDEO, '5'])
  expect((await ended).trim().split('\n')).toEqual(Array.from({ length: 5 }, () => '320x240'))
})

it('Python’s requests shows a key as the password of Basic authentication', async () => {
  const { server, key } = await startLocked()
  const { ended } = run(PYTHON, [SCRIPT, 'requests', `${server.url}/streams/site/camera/mjpeg`, '1', key])
  expect(await ended).toBe('320x240\n')
})

it('OpenCV goes on over a slate', async () => {
  const server = await TestServer.start({ config: { 'streams.stale_after_ms': 300, 'streaming.slate_interval': 0.2 } })
  await server.publish('site', 'camera', { file: jpeg(320, 240) })
  // The picture twice, a slate twice, slates.
  const { ended } = run(PYTHON, [SCRIPT, 'opencv', server.url + VIDEO, '6'])
  expect((await ended).trim().split('\n')).toEqual(Array.from({ length: 6 }, () => '320x240'))
})

it('ffmpeg reads it, with a key in the address, which it shows when it is asked', async () => {
  const ffmpeg = process.env.BELVEDERE_TEST_FFMPEG ?? 'ffmpeg'
  const { server, key } = await startLocked({ 'streams.stale_after_ms': 300, 'streaming.slate_interval': 0.2 })
  const url = `http://anybody:${key}@${new URL(server.url).host}/streams/site/camera/mjpeg`
  const args = [
    '-loglevel',
    'error',
    '-f',
    'mpjpeg',
    '-i',
    url,
    '-frames:v',
    '5',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-',
  ]
  const { ended, bytes } = run(ffmpeg, args)
  await ended
  expect(bytes()).toHaveLength(5 * 320 * 240)
})

it('curl gets parts with a boundary before the first and behind each', async () => {
  const server = await startMoving(64, 48)
  const { bytes } = run(process.env.BELVEDERE_TEST_CURL ?? 'curl', ['-sN', server.url + VIDEO])
  await until(() => parseJpegParts(bytes()).length >= 3, 'three parts')
})
