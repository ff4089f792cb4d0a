import { describe, expect, it, onTestFinished } from 'vitest'
import { cameraAt, DigestGate, httpCamera, inputParts, PictureListener } from '../../../../test/support/http-camera.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { jpeg, png } from '../../../../test/support/pictures.ts'
import { until } from '../../../../test/support/until.ts'
import { encodeJpegPart, MULTIPART_JPEG, OPENING } from '../../../wire/multipart-jpeg.ts'
import { openHttp } from './open-http.ts'

const TIME = 1_764_410_000_250
const picture = Buffer.from(jpeg(32, 24, 600))

/** Pulls a camera until the test is over. */
function pull(url: string, { clock, ...settings }: { clock?: ManualClock; user?: string; password?: string } = {}) {
  const listener = new PictureListener()
  const leaving = new AbortController()
  const input = openHttp(cameraAt(url, settings), inputParts(clock && { clock }))
  const pulling = input.pull(listener, leaving.signal)
  pulling.catch(() => {})
  const leave = async () => {
    leaving.abort()
    await pulling.catch(() => {})
  }
  onTestFinished(leave)
  return { listener, pulling, leave }
}

describe('MJPEG', () => {
  it('is passed on picture by picture, with the time of the camera, until it is no longer wanted', async () => {
    let isOver = false
    const { url } = await httpCamera((request, response) => {
      response.writeHead(200, { 'content-type': MULTIPART_JPEG })
      response.write(OPENING)
      response.write(encodeJpegPart(picture, TIME))
      request.on('close', () => {
        isOver = true
      })
    })
    const { listener, pulling, leave } = pull(url)
    await until(() => listener.pictures.length === 1)
    expect(Buffer.from(listener.pictures[0]?.bytes ?? []).equals(picture)).toBe(true)
    expect(listener.pictures[0]?.capturedAt).toBe(TIME)
    await leave()
    await expect(pulling).resolves.toBeUndefined()
    await until(() => isOver)
  })

  it('behind a log-in, with broken pictures and other parts in it', async () => {
    const gate = new DigestGate('admin', 'P@ss#1%0X')
    const { url } = await httpCamera((request, response) => {
      if (!gate.lets(request, response)) return
      response.writeHead(200, { 'content-type': 'text/plain' })
      for (const part of [picture.subarray(0, 300), 'no picture', picture])
        response.write(
          Buffer.concat([Buffer.from(`--b\r\nContent-Length: ${part.length}\r\n\r\n`), Buffer.from(part as string)]),
        )
    })
    const { listener } = pull(url, { user: 'admin', password: 'P@ss#1%0X' })
    await until(() => listener.pictures.length === 1)
  })

  it('that ends, sends broken pictures only, none at all, or too large ones is a failure', async () => {
    const answers: Record<string, Buffer> = {
      '/ends': Buffer.concat([OPENING, encodeJpegPart(picture, TIME)]),
      '/broken': Buffer.concat([
        OPENING,
        ...Array.from({ length: 10 }, () => encodeJpegPart(picture.subarray(0, 99), TIME)),
      ]),
      '/png': Buffer.concat([OPENING, encodeJpegPart(png(8, 8), TIME)]),
      '/large': Buffer.concat([OPENING, encodeJpegPart(Buffer.from(jpeg(20_000, 20_000)), TIME)]),
      '/bytes': Buffer.from('--frame\r\nContent-Length: 99999999\r\n\r\n'),
    }
    const { url } = await httpCamera(({ url = '' }, response) => {
      response.writeHead(200, { 'content-type': MULTIPART_JPEG }).end(answers[url])
    })
    await expect(pull(`${url}/ends`).pulling).rejects.toMatchObject({ problem: 'unreachable' })
    await expect(pull(`${url}/broken`).pulling).rejects.toMatchObject({
      problem: 'protocol',
      message: expect.stringMatching(/^The camera sends broken pictures only: this JPEG is cut/),
    })
    await expect(pull(`${url}/png`).pulling).rejects.toMatchObject({ problem: 'no-video' })
    await expect(pull(`${url}/large`).pulling).rejects.toMatchObject({ problem: 'too-large' })
    await expect(pull(`${url}/bytes`).pulling).rejects.toMatchObject({ problem: 'too-large' })
  })

  it('with anything but pictures is silent', async () => {
    const clock = new ManualClock()
    let send = () => {}
    const { url } = await httpCamera((_request, response) => {
      response.writeHead(200, { 'content-type': MULTIPART_JPEG })
      send = () => void response.write('--frame\r\nContent-Type: text/plain\r\n\r\nan event\r\n')
      send()
    })
    const { pulling } = pull(url, { clock })
    let isOver = false
    pulling.catch(() => {
      isOver = true
    })
    await until(() => {
      clock.advance(1_000)
      send()
      return isOver
    })
    await expect(pulling).rejects.toMatchObject({ problem: 'silent' })
  })
})

describe('single pictures', () => {
  it('are asked for as often as they are wanted, and one each 10 s where nobody wants any', async () => {
    const clock = new ManualClock()
    const { url, requests, connections } = await httpCamera((_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'x-timestamp': `${TIME / 1000}` }).end(picture)
    })
    const { listener } = pull(`${url}/snap.jpg?a=1`, { clock })
    const has = (count: number) =>
      until(() => {
        clock.advance(0)
        return listener.pictures.length === count && clock.timers > 0
      })
    listener.rate = 4
    await has(1)
    expect(listener.pictures[0]?.capturedAt).toBe(TIME)
    clock.advance(200)
    await has(1)
    clock.advance(50)
    await has(2)
    listener.rate = 0
    clock.advance(9_900)
    await has(2)
    expect(requests).toHaveLength(2)
    clock.advance(100)
    await has(3)
    // Somebody comes.
    listener.rate = 1
    clock.advance(1_000)
    await has(4)
    expect([requests.length, connections()]).toEqual([4, 1])
  })

  it('are never asked for two at once, however slow the camera is', async () => {
    const clock = new ManualClock()
    let answer = () => {}
    const { url, requests } = await httpCamera((_request, response) => {
      answer = () => void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture)
      if (requests.length === 1) answer()
    })
    const { listener } = pull(url, { clock })
    await until(() => listener.pictures.length === 1 && clock.timers > 0)
    clock.advance(1_000)
    await until(() => requests.length === 2)
    clock.advance(3_000)
    expect(requests).toHaveLength(2)
    answer()
    await until(() => listener.pictures.length === 2)
  })

  it('may fail now and then, and are a failure when they do so several times in a row', async () => {
    let n = 0
    const { url } = await httpCamera((_request, response) => {
      n++
      if (n === 1 || n === 4) response.writeHead(200).end(picture)
      else response.writeHead(n === 2 ? 503 : 500).end()
    })
    const { listener, pulling } = pull(url)
    await expect(pulling).rejects.toMatchObject({ problem: 'protocol', message: expect.stringContaining('(500)') })
    expect([listener.pictures.length, n]).toEqual([2, 7])
  })

  it('stop where the log-in is refused', async () => {
    let n = 0
    const { url } = await httpCamera((_request, response) => {
      if (++n === 1) response.writeHead(200).end(picture)
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    await expect(pull(url).pulling).rejects.toMatchObject({ problem: 'password', retryAfter: Infinity })
    expect(n).toBe(2)
  })
})

it('a web page instead of a picture is told as one', async () => {
  const { url } = await httpCamera((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>')
  })
  await expect(pull(url).pulling).rejects.toMatchObject({
    problem: 'no-video',
    message: expect.stringContaining('a web page instead of a picture, perhaps to log in'),
  })
})
