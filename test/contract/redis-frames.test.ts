import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { decode, encode, isBase64 } from '../../src/wire/name-encoding.ts'
import { must } from '../support/accounts.ts'
import { makeCertificate } from '../support/certificate.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { gauge } from '../support/nodes.ts'
import { jpeg, png } from '../support/pictures.ts'
import { addEntry } from '../support/redis-frames.ts'
import { TestRedis } from '../support/redis-server.ts'
import { formOf, freshLabel, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const redis = TestRedis.ofFile()
const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const run = promisify(execFile)

/** A server that shares the file's Redis. */
async function node(config: Record<string, string | number> = {}) {
  const { url } = await redis()
  return TestServer.start({ config: { 'redis.url': url, 'redis.scan_s': 0.1, ...config } })
}

const isListed = (server: TestServer, label: string) =>
  until(async () => (await server.streams()).some((stream) => stream.label === label), `${label} is listed`)

describe('two servers with one Redis', () => {
  it('show what is published at one of them at the other, each frame once', async () => {
    const [a, b] = await Promise.all([node(), node()])
    const label = freshLabel()
    await a.publish(label, 'cam')
    await isListed(b, label)
    const viewers = await Promise.all([a, b].map((server) => TestSocket.open(server.socketUrl('/ws/labels', label))))
    for (let width = 16; width <= 160; width += 16) {
      const file = jpeg(width, 8)
      await a.publish(label, 'cam', {
        file,
        metadata_json: `{"width":${width}}`,
        warnings_json: '{"warning_no_hardhat":{"count":2}}',
        captured_at: '1700000000000',
      })
      const ids = new Set<unknown>()
      for (const viewer of viewers) {
        let frame = await viewer.nextFrame()
        // The first one was there already.
        if (width === 16 && frame.header.captured_at === undefined) frame = await viewer.nextFrame()
        expect(frame.image).toEqual(file)
        expect(frame.header).toMatchObject({
          key: 'cam',
          metadata: { width },
          warnings: '{"warning_no_hardhat":{"count":2}}',
          captured_at: 1_700_000_000_000,
          width: '0',
          height: '0',
        })
        ids.add(frame.header.id)
      }
      expect(ids.size).toBe(1)
    }
    for (const viewer of viewers) {
      await viewer.settled()
      expect(viewer.unread).toBe(0)
    }
  })

  it('answer a snapshot of what the other has got, though nobody watches, and of a name that was never listed', async () => {
    const [a, b] = await Promise.all([node(), node({ 'redis.scan_s': 3600 })])
    const label = freshLabel()
    for (const width of [16, 24]) {
      const file = await a.publish(label, 'cam', { file: jpeg(width, 8) })
      const answer = await b.get(`/streams/${label}/cam/snapshot`)
      expect(answer.status).toBe(200)
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array(file))
    }
    expect((await b.get(`/streams/${label}/none/snapshot`)).status).toBe(404)
  })

  it('know how streams are doing that nobody watches', async () => {
    const [a, b] = await Promise.all([node({ 'streams.stale_after_ms': 300 }), node({ 'streams.stale_after_ms': 300 })])
    const label = freshLabel()
    await a.publish(label, 'cam')
    const states: unknown[] = []
    await until(async () => {
      const stream = (await b.streams()).find((each) => each.label === label)
      if (stream && states.at(-1) !== stream.state) states.push(stream.state)
      return states.at(-1) === 'stale'
    }, 'it is stale')
    await until(async () => {
      // Again and again: it is live for a moment only.
      await a.publish(label, 'cam')
      return (await b.streams()).some((each) => each.label === label && each.state === 'live')
    }, 'it is live')
    expect(await (await b.get('/labels')).json()).toMatchObject({ labels: expect.arrayContaining([label]) })
  })
})

describe('a plain client of Redis', () => {
  it('has its frames shown, of both generations, with the newest first of all', async () => {
    const [server, client] = await Promise.all([node(), (await redis()).client()])
    const label = freshLabel()
    await addEntry(client, label, 'cam', { frame: png(16, 8), warnings: 'No warning' })
    await addEntry(client, label, 'cam', { frame: png(24, 8), warnings: 'Someone is not wearing a hardhat!' })
    await isListed(server, label)
    const viewer = await TestSocket.open(server.socketUrl('/api/ws/stream', label, 'cam'))
    expect(await viewer.nextJson()).toMatchObject({
      image: Buffer.from(png(24, 8)).toString('base64'),
      warnings: 'Someone is not wearing a hardhat!',
    })
    await addEntry(client, label, 'cam', { frame: jpeg(32, 8), warnings: '' })
    expect(await viewer.nextJson()).toMatchObject({ image: Buffer.from(jpeg(32, 8)).toString('base64') })
  })

  it('has a size shown as it gave it: a text that is empty where it has no such field, and 0 where it gave none', async () => {
    const [server, client] = await Promise.all([node(), (await redis()).client()])
    const label = freshLabel()
    await addEntry(client, label, 'cam', { frame: jpeg(16, 8), warnings: 'No warning' })
    await isListed(server, label)
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    expect((await viewer.nextFrame()).header).toMatchObject({ width: '', height: '' })
    await addEntry(client, label, 'cam', { frame: jpeg(16, 8), width: '0', height: '0' })
    expect((await viewer.nextFrame()).header).toMatchObject({ width: '0', height: '0' })
    await addEntry(client, label, 'cam', { frame: jpeg(16, 8), width: '640', height: '480' })
    expect((await viewer.nextFrame()).header).toMatchObject({ width: '640', height: '480' })
  })

  it('whose stream is watched before it is found is found at once', async () => {
    const [server, client] = await Promise.all([node({ 'redis.scan_s': 3600 }), (await redis()).client()])
    const label = freshLabel()
    await addEntry(client, label, 'cam', { frame: jpeg(16, 8) })
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.ask({ type: 'watch', id: 1, label, key: 'cam' })
    const { image } = await viewer.nextPicture()
    expect(image).toEqual(jpeg(16, 8))
  })
})

it('the user of the ACL in docs/redis.md may do all that is needed', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/redis.md'), 'utf8')
  const rules = /^ {4}ACL SETUSER (.*(?:\n {8}.*)*)/m.exec(text)?.[1] ?? ''
  const restricted = await TestRedis.start(['--user', ...rules.split(/\s+/)])
  const client = await restricted.client()
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) })
  const config = { 'redis.url': restricted.url, 'redis.username': 'belvedere', 'redis.password': 'password' }
  const server = await TestServer.start({ log, config: { ...config, 'redis.scan_s': 0.1 } })
  await server.publish('site', 'mine')
  for (const key of ['B\u00fchne', 'other']) await addEntry(client, 'site', key, { frame: jpeg(16, 8) })
  await until(async () => (await server.streams()).length === 3, 'all are listed')
  const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
  const keys = new Set<unknown>()
  while (keys.size < 3) keys.add((await viewer.nextFrame()).header.key)
  await server.publish('site', 'Bu\u0308hne')
  expect((await viewer.nextFrame()).header.key).toBe('B\u00fchne')
  await server.close()
  expect(lines).toEqual([])
  expect(await client.sendCommand(['ACL', 'LOG'])).toEqual([])
})

it('Redis is reached over TLS, if its certificate is from somebody who is trusted', async () => {
  const { cert, key } = makeCertificate(temporaryFolder())
  const port = await freePort()
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
  await TestRedis.start(['--tls-port', String(port), '--tls-auth-clients', 'no', ...files])
  const config = { 'redis.url': `rediss://127.0.0.1:${port}` }
  const [server, other] = [
    await TestServer.start({ config: { ...config, 'redis.tls.ca': cert } }),
    await TestServer.start({ config: { ...config, 'redis.tls.ca': cert, 'sources.pull': 'false' } }),
  ]
  await server.publish('site', 'cam')
  await until(async () => (await other.streams()).length === 1, 'the other one finds it')
  await until(async () => (await gauge(other, 'installation_servers')) === 2, 'they know each other')
  const { id } = await must(server, 'POST /events', { token: KEY, body: { type: 'test' } })
  expect(id).toEqual(expect.any(String))
  const stranger = await TestServer.start({ config })
  const answer = await stranger.post(formOf({ label: 'site', key: 'cam', file: jpeg(8, 8) }))
  expect(await answer.json()).toEqual({
    detail: expect.stringMatching(/^Failed to store frame: .* cannot be reached: self-signed certificate/),
  })
})

it('where Redis is can be in .env, and the environment goes before it', async () => {
  const [first, second] = [
    await TestRedis.start(['--requirepass', 'an inner # secret']),
    await TestRedis.start(['--requirepass', 'another']),
  ]
  const dotenv = `REDIS_HOST=127.0.0.1\nREDIS_PORT=${first.port}\nREDIS_PASSWORD="an inner # secret"\n`
  const env = { REDIS_PORT: String(second.port), REDIS_PASSWORD: 'another' }
  const server = await TestServer.start({ dotenv })
  const other = await TestServer.start({ dotenv, env })
  await server.publish('site', 'first')
  await other.publish('site', 'second')
  const third = await TestServer.start({ dotenv, env: { REDIS_PASSWORD: 'an inner # secret' } })
  await until(async () => (await third.streams()).length > 0, 'it finds what is there')
  expect((await third.streams()).map(({ key }) => key)).toEqual(['first'])
})

describe('Python', () => {
  /** The programs in docs/redis.md, run as they stand there but for the address. */
  async function runProgram(index: number, folder: string) {
    const text = readFileSync(join(import.meta.dirname, '../../docs/redis.md'), 'utf8')
    const programs = [...text.matchAll(/```python\n([\s\S]*?)```/g)].map(([, program = '']) => program)
    const program = (programs[index] ?? '').replace('redis://127.0.0.1:6379', (await redis()).url)
    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(8)
    await run(PYTHON, ['-c', program], { cwd: folder })
  }

  it('publishes in eight lines', async () => {
    const server = await node()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'picture.jpg'), jpeg(40, 8))
    await runProgram(0, folder)
    await isListed(server, 'site 1')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site 1'))
    const { header, image } = await viewer.nextFrame()
    expect(header).toMatchObject({ key: 'gate', warnings: '{"warning_no_hardhat": {"count": 2}}' })
    expect(image).toEqual(jpeg(40, 8))
  })

  it('reads in eight lines what POST /frames stored', async () => {
    const server = await node()
    const file = jpeg(48, 8)
    expect((await server.post(formOf({ label: 'site 1', key: 'gate', file }))).status).toBe(200)
    const folder = temporaryFolder()
    await runProgram(1, folder)
    expect(readFileSync(join(folder, 'newest.jpg'))).toEqual(file)
  })

  it('encodes names as we do', async () => {
    const unit = fc.constantFrom('grapheme' as const, 'grapheme-ascii' as const)
    const names = fc.sample(
      unit.chain((each) => fc.string({ unit: each, maxLength: 30 })),
      500,
    )
    const script = [
      'import base64, json, re, sys',
      'is_base64 = lambda v: bool(v) and len(v) % 4 == 0 and bool(re.fullmatch(r"[A-Za-z0-9\\-_]+={0,2}", v))',
      'encode = lambda v: base64.urlsafe_b64encode(v.encode()).decode()',
      'def decode(v): return base64.urlsafe_b64decode(v).decode() if is_base64(v) else v',
      'def each(v):',
      '  e = encode(v)',
      '  return [e, decode(e), is_base64(v), is_base64(e)]',
      'print(json.dumps([each(v) for v in json.load(open(sys.argv[1]))]))',
    ].join('\n')
    const file = join(temporaryFolder(), 'names.json')
    writeFileSync(file, JSON.stringify(names))
    const { stdout } = await run(PYTHON, ['-c', script, file])
    const ours = names.map((name) => [encode(name), decode(encode(name)), isBase64(name), isBase64(encode(name))])
    expect(ours).toEqual(JSON.parse(stdout))
  })
})
