import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { connect as connectSecurely } from 'node:tls'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificateIn, makeCertificate, secureRequest, type TestCertificate } from '../support/certificate.ts'
import { Command, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PASSWORD } from '../support/people.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, KEY, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const LOOK_MS = 30_000

/** A server that speaks HTTPS with a certificate of its own, whose clock and log the test has. */
async function start(files: TestCertificate = makeCertificate(temporaryFolder())) {
  const clock = new ManualClock()
  const lines: string[] = []
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line))
      done()
    },
  })
  const server = await TestServer.start({
    config: { admin_password: PASSWORD, 'http.tls.cert': files.cert, 'http.tls.key': files.key },
    clock,
    log: pino(stream),
  })
  return { server, clock, files, lines, ca: certificateIn(files) }
}

/** Publishes a picture on `WS /ws/frames`, over TLS. */
async function publish(server: TestServer, ca: Buffer, picture: Uint8Array): Promise<void> {
  const publisher = await TestSocket.open(server.socketUrl('/ws/frames'), { ca, headers: authorized() })
  publisher.send(imgMessage({ label: 'site', key: 'camera' }, picture))
  expect(await publisher.nextJson()).toMatchObject({ status: 'ok' })
  await publisher.close()
}

async function watchSite(server: TestServer, ca: Buffer): Promise<TestSocket> {
  const viewer = await TestSocket.open(server.socketUrl('/ws/live'), { ca })
  viewer.ask({ type: 'watch', id: 1, label: 'site' })
  return viewer
}

/** The certificate that the server shows now, whoever signed it. */
async function shownBy(server: TestServer): Promise<string> {
  const { hostname, port } = new URL(server.url)
  const socket = connectSecurely({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

const fingerprintOf = (files: TestCertificate) => new X509Certificate(certificateIn(files)).fingerprint256

describe('with a certificate the server', () => {
  it('speaks HTTPS, says so in its address, and answers as ever', async () => {
    const { server, ca } = await start()
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const { status, headers } = await secureRequest(`${server.url}/streams`, ca)
    expect(status).toBe(200)
    // Whoever made the certificate themselves would be locked out by it.
    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  it('sends pictures to its sockets as they were published', async () => {
    const { server, ca } = await start()
    await publish(server, ca, jpeg(8, 8))
    const live = await watchSite(server, ca)
    live.ask({ type: 'credit', n: Number((await live.nextPicture()).header.n) })
    const grid = await TestSocket.open(server.socketUrl('/ws/labels', 'site'), { ca })
    await grid.nextPicture()
    // More than a TLS record, and than the kernel takes at once.
    for (const bytes of [100, 50_000, 3_000_000]) {
      const picture = Buffer.from(jpeg(16, 8, bytes))
      await publish(server, ca, picture)
      const frame = await live.nextPicture()
      expect(frame.image.equals(picture)).toBe(true)
      live.ask({ type: 'credit', n: Number(frame.header.n) })
      expect((await grid.nextPicture()).image.equals(picture)).toBe(true)
    }
  })

  it('gives its cookie to HTTPS alone', async () => {
    const { server, ca } = await start()
    const answer = await secureRequest(`${server.url}/session`, ca, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: PASSWORD }),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/;\s*Secure/i)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/;\s*HttpOnly/i)
  })

  it('takes a page of its own for one, by its https:// origin', async () => {
    const { server, ca } = await start()
    const statusFor = async (origin: string) =>
      (await secureRequest(`${server.url}/streams`, ca, { headers: { origin } })).status
    expect(await statusFor(server.url)).toBe(200)
    expect(await statusFor('https://evil.example')).toBe(403)
  })

  it('ends the connection of whoever speaks plain HTTP, or nonsense, and goes on', async () => {
    const { server, ca } = await start()
    for (const words of ['GET /streams HTTP/1.1\r\nHost: localhost\r\n\r\n', 'x'.repeat(100_000)]) {
      const plain = await RawConnection.open(server.url.replace('https', 'http'))
      plain.write(words)
      await plain.ended
      expect(Buffer.from(plain.received).toString('latin1')).not.toContain('HTTP/1.1')
    }
    expect((await secureRequest(`${server.url}/healthz`, ca)).status).toBe(200)
  })

  it('goes down at once, whoever has not finished shaking hands, waits between requests or watches', async () => {
    const { server, ca } = await start()
    const { hostname, port } = new URL(server.url)
    const silent = connect({ host: hostname, port: Number(port) })
    const idle = connectSecurely({ host: hostname, port: Number(port), ca })
    onTestFinished(() => {
      silent.destroy()
      idle.destroy()
    })
    for (const socket of [silent, idle]) socket.on('error', () => {})
    await Promise.all([once(silent, 'connect'), once(idle, 'secureConnect')])
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'), { ca })
    const ended = [silent, idle].map((socket) => once(socket, 'close'))
    // By a clock that stands still no patience ends: it waits for nobody.
    await server.close()
    await Promise.all(ended)
    expect((await viewer.closed).code).toBe(1012)
  })

  it('going down finishes the answers that are under way', async () => {
    const { server, ca } = await start()
    const picture = Buffer.from(jpeg(16, 8, 8_000_000))
    await publish(server, ca, picture)
    const { hostname, port } = new URL(server.url)
    const reader = connectSecurely({ host: hostname, port: Number(port), ca })
    onTestFinished(() => {
      reader.destroy()
    })
    reader.write('GET /streams/site/camera/snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [first] = await once(reader, 'data')
    reader.pause()
    const received: Uint8Array[] = [first]
    const closed = server.close()
    reader.on('data', (data: Buffer) => received.push(data)).resume()
    await Promise.all([once(reader, 'end'), closed])
    expect(Buffer.concat(received).subarray(-picture.length).equals(picture)).toBe(true)
  })
})

describe('a certificate that is renewed', () => {
  it('is taken over without a restart, and whoever is connected stays so', async () => {
    const { server, clock, files, ca } = await start()
    const viewer = await watchSite(server, ca)
    for (let renewal = 0; renewal < 2; renewal++) {
      makeCertificate(join(files.cert, '..'))
      clock.advance(LOOK_MS)
      await until(async () => (await shownBy(server)) === fingerprintOf(files), 'the new certificate is shown')
    }
    await expect(secureRequest(`${server.url}/healthz`, ca)).rejects.toThrow()
    const renewed = certificateIn(files)
    expect((await secureRequest(`${server.url}/healthz`, renewed)).status).toBe(200)
    const picture = jpeg(16, 8, 20_000)
    await publish(server, renewed, picture)
    expect((await viewer.nextPicture()).image.equals(Buffer.from(picture))).toBe(true)
  })

  it('stays the old one while the new files are broken, which is logged once, until they are whole', async () => {
    const { server, clock, files, lines, ca } = await start()
    const old = fingerprintOf(files)
    const folder = temporaryFolder()
    const next = makeCertificate(folder)
    const warnings = () => lines.filter((line) => line.includes('the old one stays'))
    const breakages: [string, () => void][] = [
      // As it is between the two writes of a renewal.
      ['is not the key of', () => copyFileSync(next.cert, files.cert)],
      ['must hold a certificate', () => writeFileSync(files.cert, '-----BEGIN CERT')],
      ['cannot be read', () => rmSync(files.cert)],
    ]
    for (const [i, [problem, breakIt]] of breakages.entries()) {
      breakIt()
      clock.advance(LOOK_MS)
      await until(() => warnings().length === i + 1, problem)
      expect(warnings().at(-1)).toContain(problem)
      expect((await secureRequest(`${server.url}/healthz`, ca)).fingerprint).toBe(old)
    }
    copyFileSync(next.cert, files.cert)
    copyFileSync(next.key, files.key)
    clock.advance(LOOK_MS)
    await until(async () => (await shownBy(server)) === fingerprintOf(next), 'the new certificate is shown')
    expect(warnings()).toHaveLength(breakages.length)
    expect(lines.join()).not.toContain('PRIVATE KEY')
  })
})

describe('a start', () => {
  const start = (cert: string, key: string) =>
    TestServer.start({ config: { 'http.tls.cert': cert, 'http.tls.key': key } })

  it('is refused with one sentence when the files are not what they should be', async () => {
    const folder = temporaryFolder()
    const [one, other] = [makeCertificate(folder, 'one'), makeCertificate(folder, 'other')]
    const text = join(folder, 'text')
    writeFileSync(text, 'no PEM')
    const none = join(folder, 'none')
    const cases: [string, string, string][] = [
      [none, one.key, `http.tls.cert: ${none} cannot be read (ENOENT`],
      [one.cert, none, `http.tls.key: ${none} cannot be read (ENOENT`],
      [folder, one.key, `http.tls.cert: ${folder} cannot be read (EISDIR`],
      [text, one.key, `http.tls.cert: ${text} must hold a certificate, in PEM`],
      [one.key, one.key, `http.tls.cert: ${one.key} must hold a certificate, in PEM`],
      [one.cert, text, `http.tls.key: ${text} must hold a key without a password, in PEM`],
      [one.cert, one.cert, `http.tls.key: ${one.cert} must hold a key without a password, in PEM`],
      [one.cert, other.key, `http.tls.key: ${other.key} is not the key of the first certificate in ${one.cert}.`],
    ]
    for (const [cert, key, sentence] of cases) {
      const error = await start(cert, key).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error, sentence).toMatchObject({ code: 'config', message: expect.stringContaining(sentence) })
    }
  })

  it('is refused with only one of the two', async () => {
    const { cert, key } = makeCertificate(temporaryFolder())
    await expect(TestServer.start({ config: { 'http.tls.cert': cert } })).rejects.toThrow(
      'http.tls.cert and http.tls.key must be given together; only http.tls.cert is (from the flag --http.tls.cert).',
    )
    await expect(TestServer.start({ config: { 'http.tls.key': key } })).rejects.toThrow('only http.tls.key is')
  })

  it('as a command tells an https:// address, at which `belvedere publish` shows pictures', async () => {
    const folder = temporaryFolder()
    const files = makeCertificate(folder)
    const flags = ['--port', '0', '--data-dir', folder, '--http.tls.cert', files.cert, '--http.tls.key', files.key]
    const serve = new Command(['serve', ...flags], { BELVEDERE_PUBLISH_KEY: KEY })
    const [, page, port] = await serve.written(/live at (https:\/\/localhost:(\d+))/)
    await serve.written(new RegExp(`file=@photo.jpg https://127.0.0.1:${port}/frames`))
    const ca = certificateIn(files)
    expect((await secureRequest(`${page}/healthz`, ca)).status).toBe(200)
    const picture = join(folder, 'photo.jpg')
    writeFileSync(picture, jpeg(16, 8))
    // Which Node reads as it starts.
    const env = { NODE_EXTRA_CA_CERTS: files.cert }
    const target = ['--label', 'site', '--key', 'camera', '--url', `https://127.0.0.1:${port}`, '--token', KEY]
    const publisher = new Command(['publish', picture, ...target], env, undefined, asProcess)
    expect(await publisher.exited, publisher.stderr).toBe(0)
    expect(publisher.stdout).toContain('1 published, 0 refused')
    expect((await secureRequest(`${page}/streams/site/camera/snapshot`, ca)).status).toBe(200)
    expect(await serve.stop()).toBe(0)
  })
})
