import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../../../test/support/certificate.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { until } from '../../../test/support/until.ts'
import { type AddressPolicy, ANY_ADDRESS, addressPolicy } from '../../core/address-policy.ts'
import { cameraDialler } from './camera-dialler.ts'
import type { CameraAddress } from './dialler.ts'
import { NameLookups } from './name-lookups.ts'

const folder = mkdtempSync(join(tmpdir(), 'belvedere-dialler-'))
afterAll(() => rmSync(folder, { recursive: true }))
const files = makeCertificate(folder)
const TLS = { cert: readFileSync(files.cert), key: readFileSync(files.key) }

const NO_LOOPBACK = addressPolicy({
  private: 'allow',
  loopback: 'refuse',
  link_local: 'refuse',
  public: 'allow',
  allowed: [],
  refused: [],
})

async function listening(server: Server) {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { port, sockets }
}

/** A dialler that finds these addresses for each name. */
function dialler({ policy = ANY_ADDRESS, found = ['127.0.0.1'] }: { policy?: AddressPolicy; found?: string[] } = {}) {
  const clock = new ManualClock()
  let asked = 0
  const lookups = new NameLookups(async () => {
    asked++
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  })
  const made = cameraDialler({ policy, lookups, clock, timeout: 5_000 })
  const connect = async (to: CameraAddress, signal = new AbortController().signal) => {
    const socket = await made.connect(to, signal)
    onTestFinished(() => {
      socket.destroy()
    })
    return socket
  }
  return {
    clock,
    connect,
    resolve: (host: string) => made.resolve(host, new AbortController().signal),
    asked: () => asked,
  }
}

it('connects to the address that was checked, and looks the name up once only', async () => {
  const { port } = await listening(createServer())
  const { connect, asked } = dialler()
  const socket = await connect({ host: 'camera.example', port })
  expect([socket.remoteAddress, socket.remotePort, asked()]).toEqual(['127.0.0.1', port, 1])
})

it('goes on to the next address of a name where one does not answer', async () => {
  const { port } = await listening(createServer())
  const { connect } = dialler({ found: ['127.0.0.2', '127.0.0.1'] })
  expect((await connect({ host: 'camera.example', port })).remoteAddress).toBe('127.0.0.1')
})

it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'camera.example'])(
  'does not connect to %s where this machine may not be asked',
  async (host) => {
    const { port, sockets } = await listening(createServer())
    const { connect, resolve } = dialler({ policy: NO_LOOPBACK })
    const refused = {
      problem: 'address',
      message:
        'This server may not ask the address of the camera (cameras.addresses.loopback): an admin can allow it there.',
    }
    await expect(connect({ host, port })).rejects.toMatchObject(refused)
    await expect(resolve(host)).rejects.toMatchObject(refused)
    expect(sockets.size).toBe(0)
  },
)

it('knows what the system makes of other spellings of an address', async () => {
  const made = cameraDialler({
    policy: NO_LOOPBACK,
    lookups: new NameLookups(),
    clock: new ManualClock(),
    timeout: 5_000,
  })
  for (const host of ['2130706433', '0177.0.0.1', '0x7f.1', 'localhost'])
    await expect(made.resolve(host, new AbortController().signal)).rejects.toMatchObject({ problem: 'address' })
})

it('of the addresses of a name asks those that may be asked', async () => {
  const { resolve } = dialler({
    policy: NO_LOOPBACK,
    found: ['127.0.0.1', '169.254.169.254', '192.168.1.5', '10.0.0.1'],
  })
  expect(await resolve('camera.example')).toBe('192.168.1.5')
})

it('says what is wrong with a name or a port', async () => {
  const { port } = await listening(createServer())
  const nowhere = cameraDialler({
    policy: ANY_ADDRESS,
    lookups: new NameLookups(() => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))),
    clock: new ManualClock(),
    timeout: 5_000,
  })
  await expect(nowhere.connect({ host: 'camera', port }, new AbortController().signal)).rejects.toMatchObject({
    problem: 'unreachable',
    message: 'There is no host of that name: check the address of the camera.',
  })
  const { connect } = dialler()
  await expect(connect({ host: '127.0.0.3', port })).rejects.toMatchObject({
    problem: 'unreachable',
    message: expect.stringContaining(`Nothing listens at port ${port}`),
  })
})

it('gives up after the time limit, and at once when it is told to', async () => {
  const lookups = new NameLookups(() => new Promise(() => {}))
  const clock = new ManualClock()
  const made = cameraDialler({ policy: ANY_ADDRESS, lookups, clock, timeout: 5_000 })
  const late = made.connect({ host: 'camera', port: 1 }, new AbortController().signal)
  clock.advance(5_000)
  await expect(late).rejects.toMatchObject({
    problem: 'unreachable',
    message: expect.stringContaining('does not answer'),
  })
  const leaving = new AbortController()
  const left = made.connect({ host: 'camera', port: 1 }, leaving.signal)
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  expect(clock.timers).toBe(0)
})

it('speaks TLS, tells the name of the host, and checks the certificate unless any will do', async () => {
  const names: unknown[] = []
  const server = createTlsServer(TLS, (socket) => names.push(socket.servername))
  server.on('tlsClientError', () => {})
  const { port } = await listening(server)
  const { connect } = dialler()
  const socket = await connect({ host: 'camera.example', port, tls: 'any' })
  expect(socket).toBeInstanceOf(TLSSocket)
  await connect({ host: '127.0.0.1', port, tls: 'any' })
  await until(() => names.length === 2)
  expect(names).toEqual(['camera.example', false])
  await expect(connect({ host: 'localhost', port, tls: 'verified' })).rejects.toMatchObject({
    problem: 'certificate',
    message:
      'The certificate of the camera does not hold: it is self-signed, as those of most cameras are. To accept any certificate for this camera, set its certificate to "any".',
  })
})

it('says of a port without TLS that it is one, and of one that answers nothing that it is silent', async () => {
  const plain = await listening(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
  const { connect, clock } = dialler()
  await expect(connect({ host: 'camera', port: plain.port, tls: 'any' })).rejects.toMatchObject({
    problem: 'protocol',
    message: expect.stringContaining(`Port ${plain.port} of the camera does not speak TLS`),
  })
  const silent = createServer()
  const { port } = await listening(silent)
  const waiting = connect({ host: 'camera', port, tls: 'any' })
  const [socket] = await once(silent, 'connection')
  await once(socket, 'data')
  clock.advance(5_000)
  await expect(waiting).rejects.toMatchObject({ problem: 'silent' })
})
