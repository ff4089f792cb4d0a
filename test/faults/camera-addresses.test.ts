import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ask, startHouse } from '../support/accounts.ts'
import { FakePuller } from '../support/cameras.ts'
import { FakeRtsp } from '../support/fake-rtsp.ts'

/** Listens at an address until the test is over. @returns the port */
async function listening(server: Server, address: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, address, done))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it('who may edit cameras cannot look around by adding, changing and retrying them again and again', async () => {
  const { server, admin: token } = await startHouse({
    config: { 'cameras.changes_per_minute': 3 },
    cameraPuller: new FakePuller(),
  })
  const camera = { url: 'rtsp://10.0.0.5/', label: 'North', key: 'gate' }
  const statuses: number[] = []
  for (const [call, body] of [
    ['POST /cameras', camera],
    ['PATCH /cameras/North/gate', { url: 'rtsp://10.0.0.6/' }],
    ['POST /cameras/North/gate/retry', undefined],
    ['POST /cameras', { ...camera, key: 'yard' }],
    ['PATCH /cameras/North/gate', { url: 'rtsp://10.0.0.7/' }],
    ['POST /cameras/North/gate/retry', undefined],
    ['DELETE /cameras/North/gate', undefined],
  ] as const)
    statuses.push((await ask(server, call, { token, body })).status)
  expect(statuses).toEqual([201, 200, 200, 429, 429, 429, 204])
})

it('cameras lead to no address that may not be asked, however it is written, and wherever they send us', async () => {
  let reached = 0
  const port = await listening(
    createServer((socket) => {
      reached++
      socket.destroy()
    }),
    '127.0.0.2',
  )
  const answers: Readonly<Record<string, RequestListener>> = {
    '/redirect': (_request, response) => response.writeHead(302, { Location: `http://127.0.0.2:${port}/` }).end(),
    '/list': (_request, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/vnd.apple.mpegurl' })
        .end(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.2:${port}/1.ts\n`),
  }
  const web = await listening(
    createHttpServer((request, response) => answers[request.url ?? '']?.(request, response)),
    '127.0.0.1',
  )
  const luring = await FakeRtsp.start({
    DESCRIBE: () => ({ status: '302 Found', fields: { Location: `rtsp://127.0.0.2:${port}/` } }),
  })
  const { server, admin: token } = await startHouse({
    config: {
      'cameras.addresses.loopback': 'refuse',
      'cameras.addresses.allowed': '["127.0.0.1"]',
      'cameras.tests_per_minute': 100,
    },
  })
  const hosts = ['127.0.0.2', '127.2', '2130706434', '0x7f.0.0.2', '0177.0.0.2', '[::ffff:127.0.0.2]', '[::7f00:2]']
  const urls = [
    ...hosts.flatMap((host) => ['rtsp', 'http', 'rtmp', 'srt'].map((scheme) => `${scheme}://${host}:${port}/live`)),
    `http://127.0.0.1:${web}/redirect`,
    `http://127.0.0.1:${web}/list`,
    luring.url,
  ]
  for (const url of urls) {
    const { status, body } = await ask(server, 'POST /cameras/test', { token, body: { url } })
    expect([url, status, body.problem]).toEqual([url, 422, 'address'])
    expect(body.detail).not.toContain('127.0.0.2')
  }
  expect(reached).toBe(0)
})
