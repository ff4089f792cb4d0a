import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { makeCertificate } from '../../../../test/support/certificate.ts'
import { cameraAt, DigestGate, httpCamera, inputParts } from '../../../../test/support/http-camera.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { until } from '../../../../test/support/until.ts'
import { addressPolicy } from '../../../core/address-policy.ts'
import type { CameraSettings } from '../../../core/camera.ts'
import { HttpClient } from './http-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'belvedere-http-'))
afterAll(() => rmSync(folder, { recursive: true }))
const files = makeCertificate(folder)
const CERTIFICATE = { cert: readFileSync(files.cert), key: readFileSync(files.key) }

type Rules = Parameters<typeof inputParts>[0] & Partial<CameraSettings>

/** A client of a camera at this address. */
function clientOf(url: string, { policy, clock, ...settings }: Rules = {}) {
  const leaving = new AbortController()
  const parts = inputParts({ ...(policy && { policy }), ...(clock && { clock }) })
  const client = new HttpClient({ ...parts, settings: cameraAt(url, settings), signal: leaving.signal })
  onTestFinished(() => {
    leaving.abort(new Error('the test is over'))
    client.close()
  })
  const get = async (to = url) => {
    const answer = await client.get(new URL(to))
    return Buffer.from(await answer.bytes(100_000)).toString()
  }
  return { client, get, leave: () => leaving.abort(new Error('left')) }
}

const LOGIN = { user: 'admin', password: 'P@ss#1%0X' }

describe('a log-in', () => {
  it('is told only when the camera asks, by Digest, counted, and anew when the nonce is too old', async () => {
    const gate = new DigestGate(LOGIN.user, LOGIN.password)
    const { url, requests, connections } = await httpCamera((request, response) => {
      if (gate.lets(request, response)) response.end('picture')
    })
    const { get } = clientOf(`${url}/cgi-bin/snapshot.cgi?channel=1&a=%20b`, LOGIN)
    expect([await get(), await get()]).toEqual(['picture', 'picture'])
    expect(gate.counts).toEqual(['00000001', '00000002'])
    gate.forgetNonces()
    expect(await get()).toBe('picture')
    expect(gate.counts).toEqual(['00000001'])
    expect(requests).toHaveLength(5)
    expect(connections()).toBe(1)
  })

  it('that is wrong is tried once, and never again by itself', async () => {
    const gate = new DigestGate(LOGIN.user, 'another')
    const { url, requests } = await httpCamera((request, response) => void gate.lets(request, response))
    const { get } = clientOf(url, LOGIN)
    await expect(get()).rejects.toMatchObject({
      problem: 'password',
      retryAfter: Infinity,
      message: expect.stringMatching(/user name or the password is wrong, or it takes no more log-ins now/),
    })
    expect(requests).toHaveLength(2)
  })

  it('that is missing is asked for, and one of another kind named', async () => {
    const bearer = await httpCamera((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
    })
    await expect(clientOf(bearer.url).get()).rejects.toMatchObject({
      problem: 'password',
      message: 'The camera wants a user name and a password (401).',
    })
    await expect(clientOf(bearer.url, LOGIN).get()).rejects.toMatchObject({
      problem: 'unsupported',
      retryAfter: Infinity,
    })
  })

  it('by Basic keeps each character of the password', async () => {
    const { url } = await httpCamera(({ headers }, response) => {
      if (headers.authorization) response.end(Buffer.from(headers.authorization.slice(6), 'base64'))
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    expect(await clientOf(url, LOGIN).get()).toBe('admin:P@ss#1%0X')
  })
})

describe('a redirect', () => {
  it('is followed, also to a relative address', async () => {
    const { url } = await httpCamera(({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: '/b/c' }).end('moved')
      else if (url === '/b/c') response.writeHead(307, { location: 'd?e' }).end()
      else response.end(url)
    })
    expect(await clientOf(`${url}/a`).get()).toBe('/b/d?e')
  })

  it('to another host gets no password, one to another port of the same host does', async () => {
    const other = await httpCamera(({ headers }, response) => {
      if (headers.authorization) response.end(`told ${headers.host}`)
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    const { url, port } = await httpCamera(({ url }, response) => {
      response
        .writeHead(302, { location: `http://${url === '/same' ? '127.0.0.1' : 'localhost'}:${other.port}/` })
        .end()
    })
    const { get } = clientOf(url, LOGIN)
    expect(await get(`http://127.0.0.1:${port}/same`)).toBe(`told 127.0.0.1:${other.port}`)
    await expect(get()).rejects.toThrow('wants a user name')
  })

  it('from TLS to without gets no password', async () => {
    const plain = await httpCamera((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    const { url } = await httpCamera((_request, response) => {
      response.writeHead(302, { location: plain.url }).end()
    }, CERTIFICATE)
    await expect(clientOf(url, { ...LOGIN, certificate: 'any' }).get()).rejects.toThrow('wants a user name')
    expect(plain.requests).toHaveLength(1)
  })

  it('leads nowhere that the policy refuses, and to no other kind of address', async () => {
    const policy = addressPolicy({
      private: 'allow',
      loopback: 'refuse',
      link_local: 'refuse',
      public: 'allow',
      allowed: ['127.0.0.1'],
      refused: [],
    })
    let location = ''
    const { url } = await httpCamera((_request, response) => {
      response.writeHead(302, { location }).end()
    })
    const { get } = clientOf(url, { policy })
    for (const to of [
      'http://127.0.0.2/',
      'http://2130706434/',
      'http://[::1]/',
      'http://169.254.169.254/latest',
      'http://0/',
    ]) {
      location = to
      await expect(get()).rejects.toMatchObject({ problem: 'address' })
    }
    for (const to of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:image/jpeg,x', 'gopher://127.0.0.1/']) {
      location = to
      await expect(get()).rejects.toMatchObject({
        problem: 'address',
        message: 'A redirect of the camera leads to an address that is neither http nor https.',
      })
    }
  })

  it('in a circle ends', async () => {
    const { url, requests } = await httpCamera((_request, response) => {
      response.writeHead(302, { location: '/' }).end()
    })
    await expect(clientOf(url).get()).rejects.toThrow('redirects more than 5 times')
    expect(requests).toHaveLength(6)
  })
})

describe('what is wrong is a sentence:', () => {
  it.each([
    [403, 'password', 60_000],
    [404, 'not-found', 0],
    [410, 'not-found', 0],
    [429, 'busy', 7_000],
    [503, 'busy', 7_000],
    [500, 'protocol', 0],
    [302, 'protocol', 0],
    [418, 'protocol', 0],
  ])('status %i', async (status, problem, retryAfter) => {
    const { url } = await httpCamera((_request, response) => {
      response.writeHead(status, { 'retry-after': '7' }).end('<html>')
    })
    await expect(clientOf(url).get()).rejects.toMatchObject({
      problem,
      retryAfter,
      message: expect.stringContaining(`${status}`),
    })
  })

  it('TLS to a port without it, and the other way round', async () => {
    const plain = await httpCamera((_request, response) => void response.end())
    const secure = await httpCamera((_request, response) => void response.end('seen'), CERTIFICATE)
    await expect(clientOf(`https://127.0.0.1:${plain.port}`).get()).rejects.toMatchObject({ problem: 'protocol' })
    await expect(clientOf(`http://127.0.0.1:${secure.port}`).get()).rejects.toThrow(/https/)
    await expect(clientOf(secure.url).get()).rejects.toMatchObject({ problem: 'certificate' })
    expect(await clientOf(secure.url, { certificate: 'any' }).get()).toBe('seen')
    const warned = await httpCamera((_request, response) => {
      response.writeHead(400).end('The plain HTTP request was sent to HTTPS port')
    })
    await expect(clientOf(warned.url).get()).rejects.toThrow('write https://')
  })

  it('something that is not HTTP, or hangs up', async () => {
    const odd = await httpCamera(({ socket }) => void socket.end('SSH-2.0-dropbear\r\n'))
    await expect(clientOf(odd.url).get()).rejects.toMatchObject({ problem: 'protocol' })
    const rude = await httpCamera(({ socket }) => void socket.destroy())
    await expect(clientOf(rude.url).get()).rejects.toMatchObject({ problem: 'unreachable' })
    const short = await httpCamera(({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'))
    await expect(clientOf(short.url).get()).rejects.toMatchObject({
      problem: 'unreachable',
      message: 'The camera broke off the connection.',
    })
  })

  it('more than there may be, said before or not', async () => {
    for (const headers of [{ 'content-length': 200_000 }, {}]) {
      const { url } = await httpCamera((_request, response) => {
        response.writeHead(200, headers).end(Buffer.alloc(200_000))
      })
      await expect(clientOf(url).get()).rejects.toMatchObject({ problem: 'too-large' })
    }
  })

  it('no answer, and an answer that stops', async () => {
    const clock = new ManualClock()
    const { url, requests } = await httpCamera(({ url }, response) => {
      if (url === '/stops') response.write('begins')
    })
    const { get, client } = clientOf(url, { clock })
    const unanswered = get()
    await until(() => requests.length === 1)
    clock.advance(5_000)
    await expect(unanswered).rejects.toMatchObject({ problem: 'silent' })
    const chunks = (await client.get(new URL('/stops', url))).chunks()
    expect((await chunks.next()).done).toBe(false)
    const stopped = chunks.next()
    clock.advance(10_000)
    await expect(stopped).rejects.toMatchObject({
      problem: 'silent',
      message: 'The camera is connected, but has sent nothing for 8 s.',
    })
  })

  it('an answer that trickles', async () => {
    const clock = new ManualClock()
    const { url } = await httpCamera((_request, response) => {
      response.write('.')
      const timer = setInterval(() => response.write('.'), 1)
      onTestFinished(() => clearInterval(timer))
    })
    let isOver = false
    const trickling = clientOf(url, { clock }).get()
    trickling.catch(() => {
      isOver = true
    })
    await until(() => {
      clock.advance(1_000)
      return isOver
    })
    await expect(trickling).rejects.toMatchObject({ problem: 'silent' })
  })
})

it('ends at once when it is told to, whatever it waits for', async () => {
  const { url, requests } = await httpCamera(({ url }, response) => {
    if (url === '/stops') response.write('begins')
  })
  const waiting = clientOf(url)
  const unanswered = waiting.get()
  await until(() => requests.length === 1)
  waiting.leave()
  await expect(unanswered).rejects.toThrow('left')
  await expect(waiting.get()).rejects.toThrow('left')
  const reading = clientOf(url)
  const chunks = (await reading.client.get(new URL('/stops', url))).chunks()
  await chunks.next()
  reading.leave()
  await expect(chunks.next()).rejects.toThrow('left')
})

it('a connection that the camera has closed meanwhile is made anew', async () => {
  const { url, connections, hangUp } = await httpCamera((_request, response) => void response.end('seen'))
  const { get } = clientOf(url)
  expect(await get()).toBe('seen')
  hangUp()
  expect(await get()).toBe('seen')
  expect(connections()).toBe(2)
})

it('goes by no proxy of the environment', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9')
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  const { url } = await httpCamera((_request, response) => void response.end('seen'))
  expect(await clientOf(url).get()).toBe('seen')
})
