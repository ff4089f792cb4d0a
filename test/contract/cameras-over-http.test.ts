import { expect, it } from 'vitest'
import { encodeJpegPart, MULTIPART_JPEG, OPENING } from '../../src/wire/multipart-jpeg.ts'
import { ask, must, startHouse } from '../support/accounts.ts'
import { DigestGate, httpCamera } from '../support/http-camera.ts'
import { jpeg } from '../support/pictures.ts'
import { until } from '../support/until.ts'

/* Cameras over HTTP, through the whole server, which needs no FFmpeg for them. */

const PASSWORD = 'P@ss#1%0X'
const PICTURE = Buffer.from(jpeg(64, 48, 2_000))
/** This machine may be asked at one of its addresses only. */
const CONFIG = {
  'cameras.ffmpeg': 'there-is-none',
  'cameras.addresses.loopback': 'refuse',
  'cameras.addresses.allowed': '127.0.0.1',
}

it('are shown while somebody watches, tested with a picture, and asked only where they may be', async () => {
  const { server, admin } = await startHouse({ config: CONFIG })
  const gate = new DigestGate('admin', PASSWORD)
  const camera = await httpCamera((request, response) => {
    const { url } = request
    if (url === '/away') response.writeHead(302, { location: 'http://127.0.0.2/' }).end()
    else if (url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    else if (gate.lets(request, response)) {
      if (url === '/snapshot') response.end(PICTURE)
      else {
        response.writeHead(200, { 'content-type': MULTIPART_JPEG })
        response.write(Buffer.concat([OPENING, encodeJpegPart(PICTURE, 1_764_410_000_250)]))
      }
    }
  })

  const at = camera.url.slice('http://'.length)
  for (const path of ['snapshot', 'mjpeg']) {
    const added = { url: `http://admin:${PASSWORD}@${at}/${path}`, label: 'North', key: path }
    await must(server, 'POST /cameras', { token: admin, body: added })
    expect(camera.requests.filter((each) => each.endsWith(path))).toEqual([])
    const tested = await must(server, 'POST /cameras/test', { token: admin, body: { label: 'North', key: path } })
    expect(tested).toMatchObject({ width: 64, height: 48 })
    await until(async () => {
      const response = await server.get(`/streams/North/${path}/snapshot`, { authorization: `Bearer ${admin}` })
      return response.status === 200 && PICTURE.equals(Buffer.from(await response.arrayBuffer()))
    })
  }

  const tested = (url: string) => ask(server, 'POST /cameras/test', { token: admin, body: { url } })
  const { port } = camera
  for (const url of [
    `http://127.0.0.2:${port}/`,
    `http://2130706434:${port}/`,
    `http://[::1]:${port}/`,
    `http://${at}/away`,
  ])
    expect(await tested(url)).toMatchObject({
      status: 422,
      body: { problem: 'address', detail: expect.stringContaining('(cameras.addresses.loopback)') },
    })
  expect(await tested(`http://169.254.169.254/`)).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining('(cameras.addresses.link_local)') },
  })
  expect(await tested(`http://${at}/page`)).toMatchObject({ status: 422, body: { problem: 'no-video' } })
  expect(await tested(`http://admin:wrong@${at}/snapshot`)).toMatchObject({
    status: 422,
    body: { problem: 'password' },
  })
})
