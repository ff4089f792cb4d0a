import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificate } from '../../../../test/support/certificate.ts'
import { temporaryFolder } from '../../../../test/support/command.ts'
import { FakeRtsp, SDP } from '../../../../test/support/fake-rtsp.ts'
import { cameraAt, inputParts } from '../../../../test/support/http-camera.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { encodeRtp, h264Payloads, IDR, LARGE_H264_SETS, Packets } from '../../../../test/support/rtp.ts'
import { until } from '../../../../test/support/until.ts'
import { VideoListener } from '../../../../test/support/video-listener.ts'
import type { CameraSettings } from '../../../core/camera.ts'
import type { Clock } from '../../../core/clock.ts'
import { fieldOf } from '../../../wire/rtsp/rtsp-message.ts'
import { CameraFailure } from '../camera-input.ts'
import type { Dialler } from '../dialler.ts'
import { openRtsp } from './open-rtsp.ts'

/** Pulls, until the test is over. */
function pull(url: string, more: Partial<CameraSettings> = {}, parts: { clock?: Clock; maxPixels?: number } = {}) {
  const listener = new VideoListener()
  const end = new AbortController()
  const { maxPixels = 1e8, ...rest } = parts
  const made = inputParts(rest)
  const sockets: Socket[] = []
  const dialler: Dialler = {
    ...made.dialler,
    connect: async (...to) => {
      const socket = await made.dialler.connect(...to)
      sockets.push(socket)
      return socket
    },
  }
  const input = openRtsp(cameraAt(url, more), { ...made, dialler, limits: { ...made.limits, maxPixels } })
  const ended = input.pull(listener, end.signal)
  const failure = ended.then(
    () => undefined,
    (error: unknown) => error,
  )
  onTestFinished(async () => {
    end.abort()
    await failure
  })
  return { listener, ended, failure, sockets, stop: () => end.abort() }
}

/** Pulls until it fails. */
async function failureOf(...args: Parameters<typeof pull>): Promise<CameraFailure> {
  const failure = await pull(...args).failure
  if (!(failure instanceof CameraFailure)) throw new Error(`no failure of a camera: ${failure}`)
  return failure
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

describe('a camera over RTSP', () => {
  it('is asked for the first video it has, and for the end when nobody wants it any more', async () => {
    const camera = await FakeRtsp.start()
    const { listener, ended, stop } = pull(camera.url)
    await camera.asked('PLAY')
    for (const kind of ['inter', 'key', 'inter'] as const) camera.peer().picture(kind)
    await listener.took(2)
    expect(listener.tracks).toMatchObject([{ codec: 'h264', size: { width: 640, height: 360 } }])
    expect(listener.packets.map(({ isKey, pts }) => [isKey, pts])).toEqual([
      [true, 0],
      [false, 40_000],
    ])
    expect(listener.lost).toBe(1)
    stop()
    await ended
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN'])
    expect(camera.requests.map(({ uri }) => uri)).toEqual([
      camera.url,
      `${camera.url}/trackID=1`,
      camera.url,
      camera.url,
    ])
    const teardown = await camera.asked('TEARDOWN')
    expect(fieldOf(teardown, 'session')).toBe('4711')
  })

  it('sends on the channels that it says, and what comes on others is ignored', async () => {
    const camera = await FakeRtsp.start({
      SETUP: () => ({ fields: { Transport: 'RTP/AVP/TCP;interleaved=6-7', Session: '1' } }),
    })
    const { listener } = pull(camera.url)
    await camera.asked('PLAY')
    camera.peer().picture('key', 0)
    camera.peer().picture('key', 6)
    await listener.took(1)
    expect(listener.packets).toHaveLength(1)
  })

  it('goes on with a new track when the size changes', async () => {
    const camera = await FakeRtsp.start()
    const { listener } = pull(camera.url)
    await camera.asked('PLAY')
    camera.peer().picture()
    const packets = new Packets().picture(99, [...LARGE_H264_SETS, IDR])
    for (const packet of packets) camera.peer().packet(0, encodeRtp({ ...packet, source: 2 }))
    await listener.took(2)
    expect(listener.tracks.map(({ size }) => size?.width)).toEqual([640, 1920])
  })

  it('over TLS is one whose certificate is not checked only where the settings say so', async () => {
    const files = makeCertificate(temporaryFolder())
    const camera = await FakeRtsp.start({}, { cert: readFileSync(files.cert), key: readFileSync(files.key) })
    expect(await failureOf(camera.url)).toMatchObject({ problem: 'certificate' })
    const { listener } = pull(camera.url, { certificate: 'any' })
    await camera.asked('PLAY')
    camera.peer(camera.peers.length - 1).picture()
    await listener.took(1)
  })
})

describe('the log-in', () => {
  const CHALLENGE = 'Digest realm="cam", nonce="n1", qop="auth", algorithm=MD5'
  const digestOf = (header: string, method: string, uri: string) => {
    const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1] ?? ''
    const secret = md5(`admin:cam:P@ss#1%0X`)
    const proof = `${secret}:${field('nonce')}:${field('nc')}:${field('cnonce')}:auth:${md5(`${method}:${uri}`)}`
    return { isRight: field('response') === md5(proof) && field('uri') === uri, nonce: field('nonce') }
  }

  it('is by Digest, with a password as it is, each request of its own', async () => {
    const lets = (request: { method: string; uri: string }, header = '') =>
      digestOf(header, request.method, request.uri)
    const guarded = (answer: object) => (request: Parameters<typeof fieldOf>[0] & { method: string; uri: string }) =>
      lets(request, fieldOf(request, 'authorization')).isRight
        ? answer
        : { status: '401 Unauthorized', fields: { 'WWW-Authenticate': CHALLENGE } }
    const camera = await FakeRtsp.start({
      DESCRIBE: guarded({ body: SDP }),
      SETUP: guarded({ fields: { Transport: 'RTP/AVP/TCP;interleaved=0-1', Session: '1' } }),
      PLAY: guarded({}),
      TEARDOWN: guarded({}),
    })
    const { ended, stop, listener } = pull(camera.url, { user: 'admin', password: 'P@ss#1%0X' })
    await camera.asked('PLAY')
    camera.peer().picture()
    await listener.took(1)
    stop()
    await ended
    expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN'])
    expect(JSON.stringify(camera.requests)).not.toContain('P@ss')
  })

  it('that is refused stops the tries, with both causes and without the password', async () => {
    const camera = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '401 Unauthorized', fields: { 'WWW-Authenticate': CHALLENGE } }),
    })
    const failure = await failureOf(camera.url, { user: 'admin', password: 'P@ss#1%0X' })
    expect(failure).toMatchObject({ problem: 'password', retryAfter: Number.POSITIVE_INFINITY })
    expect(failure.message).toMatch(/user name or the password is wrong, or it serves no more log-ins/)
    expect(failure.message).not.toContain('P@ss')
    expect(camera.methods).toEqual(['DESCRIBE', 'DESCRIBE'])
  })

  it('that is missing is asked for', async () => {
    const camera = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '401 Unauthorized', fields: { 'WWW-Authenticate': CHALLENGE } }),
    })
    expect(await failureOf(camera.url)).toMatchObject({
      problem: 'password',
      message: expect.stringContaining('enter them'),
      retryAfter: Number.POSITIVE_INFINITY,
    })
    expect(camera.methods).toEqual(['DESCRIBE'])
  })

  it('of another kind is told as such', async () => {
    const camera = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '401 Unauthorized', fields: { 'WWW-Authenticate': 'NTLM' } }),
    })
    expect(await failureOf(camera.url, { user: 'admin' })).toMatchObject({ problem: 'unsupported' })
  })
})

describe('what is wrong is said', () => {
  it.each([
    ['403 Forbidden', 'password', /does not let this user/],
    ['404 Not Found', 'not-found', /no video at this path/],
    ['453 Not Enough Bandwidth', 'busy', /no more connections/],
    ['503 Service Unavailable', 'busy', /no more connections/],
    ['500 Internal\x1b[31m Error', 'protocol', /fault of its own to DESCRIBE \(500 Internal\?\[31m Error\)/],
    ['400 Bad Request', 'protocol', /refuses DESCRIBE/],
  ])('of %s', async (status, problem, sentence) => {
    const camera = await FakeRtsp.start({ DESCRIBE: () => ({ status }) })
    expect(await failureOf(camera.url)).toMatchObject({ problem, message: expect.stringMatching(sentence) })
  })

  it.each([
    ['no SDP', '<html></html>', 'protocol', /no SDP/],
    ['only sound', 'v=0\r\nm=audio 0 RTP/AVP 8\r\n', 'no-video', /no video/],
    ['another codec', 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000\r\n', 'codec', /VP9.*H\.264 or H\.265/],
  ])('of a description with %s', async (_name, body, problem, sentence) => {
    const camera = await FakeRtsp.start({ DESCRIBE: () => ({ body }) })
    expect(await failureOf(camera.url)).toMatchObject({ problem, message: expect.stringMatching(sentence) })
    expect(camera.methods).toEqual(['DESCRIBE'])
  })

  it('of pictures that are too large, before any is decoded', async () => {
    const camera = await FakeRtsp.start({
      PLAY: (_request, peer) => {
        setImmediate(() => peer.picture())
        return {}
      },
    })
    expect(await failureOf(camera.url, {}, { maxPixels: 100_000 })).toMatchObject({
      problem: 'too-large',
      message: expect.stringContaining('640 × 360'),
    })
  })

  it('of a connection that is closed, and of what is no RTSP', async () => {
    const closing = await FakeRtsp.start({
      DESCRIBE: (_request, { socket }) => {
        socket.destroy()
        return 'nothing'
      },
    })
    expect(await failureOf(closing.url)).toMatchObject({ problem: 'unreachable' })
    const other = await FakeRtsp.start({ DESCRIBE: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') })
    expect(await failureOf(other.url)).toMatchObject({
      problem: 'protocol',
      message: expect.stringMatching(/web server/),
    })
  })

  it.each(['http://127.0.0.1/', 'rtsp://', 'nonsense'])('of an address that is none of RTSP: %s', (url) => {
    expect(() => openRtsp(cameraAt(url), inputParts())).toThrow(/no address of RTSP/)
  })

  it('of RTSP over TLS with video over UDP', () => {
    expect(() => openRtsp(cameraAt('rtsps://127.0.0.1/', { transport: 'udp' }), inputParts())).toThrow(/over TCP only/)
  })

  it('of any bytes, and neither crashes nor hangs', async () => {
    let bytes: Uint8Array = new Uint8Array()
    const camera = await FakeRtsp.start({
      DESCRIBE: (_request, { socket }) => {
        socket.end(Buffer.from(bytes))
        return 'nothing'
      },
    })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(`RTSP/1.0 200 OK\r\n${text}`)),
        ),
        async (given) => {
          bytes = given
          await expect(failureOf(camera.url)).resolves.toBeInstanceOf(CameraFailure)
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('redirections', () => {
  it('are followed, with the log-in for the same host only', async () => {
    const target = await FakeRtsp.start()
    const camera = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '302 Moved Temporarily', fields: { Location: target.url } }),
    })
    const { listener } = pull(camera.url)
    await target.asked('PLAY')
    target.peer().picture()
    await listener.took(1)
    const elsewhere = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '401 Unauthorized', fields: { 'WWW-Authenticate': 'Basic realm="x"' } }),
    })
    const luring = await FakeRtsp.start({
      DESCRIBE: () => ({
        status: '301 Moved',
        fields: { Location: elsewhere.url.replace('127.0.0.1', 'other.example') },
      }),
    })
    expect(await failureOf(luring.url, { user: 'admin', password: 'secret' })).toMatchObject({ problem: 'password' })
    expect(elsewhere.requests.map((request) => fieldOf(request, 'authorization'))).toEqual([undefined])
  })

  it('end when there are too many, or they lead out of RTSP', async () => {
    const round: FakeRtsp = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '302 Found', fields: { Location: round.url } }),
    })
    expect(await failureOf(round.url)).toMatchObject({ message: expect.stringMatching(/again and again/) })
    expect(round.methods).toHaveLength(6)
    const out = await FakeRtsp.start({
      DESCRIBE: () => ({ status: '302 Found', fields: { Location: 'file:///etc/passwd' } }),
    })
    expect(await failureOf(out.url)).toMatchObject({
      problem: 'protocol',
      message: expect.stringMatching(/not one of RTSP/),
    })
  })
})

describe('time limits', () => {
  it('a request that is not answered is a failure', async () => {
    const clock = new ManualClock()
    const camera = await FakeRtsp.start({ DESCRIBE: () => 'nothing' })
    const { failure } = pull(camera.url, {}, { clock })
    await camera.asked('DESCRIBE')
    clock.advance(5_000)
    expect(await failure).toMatchObject({
      problem: 'silent',
      message: expect.stringMatching(/not answered DESCRIBE for 5 s/),
    })
  })

  it('video that stops coming is a failure, and the session is ended', async () => {
    const clock = new ManualClock()
    const camera = await FakeRtsp.start()
    const { listener, failure } = pull(camera.url, {}, { clock })
    await camera.asked('PLAY')
    camera.peer().picture()
    await listener.took(1)
    clock.advance(7_000)
    camera.peer().picture()
    await listener.took(2)
    clock.advance(7_000)
    expect(camera.methods).not.toContain('TEARDOWN')
    clock.advance(1_000)
    expect(await failure).toMatchObject({ problem: 'silent', message: expect.stringMatching(/no video for 8 s/) })
    expect(camera.methods).toContain('TEARDOWN')
  })

  it('video without any key frame is a failure', async () => {
    const clock = new ManualClock()
    const camera = await FakeRtsp.start({
      SETUP: () => ({ fields: { Transport: 'RTP/AVP/TCP;interleaved=0-1', Session: '1;timeout=600' } }),
    })
    const { listener, failure } = pull(camera.url, {}, { clock })
    await camera.asked('PLAY')
    for (let time = 1; time <= 5; time++) {
      camera.peer().picture('inter')
      await until(() => listener.lost === time)
      clock.advance(6_000)
    }
    expect(await failure).toMatchObject({
      problem: 'protocol',
      message: expect.stringMatching(/interval of key frames/),
    })
  })

  it('the session is kept alive, with the request that the camera knows', async () => {
    const clock = new ManualClock()
    const camera = await FakeRtsp.start({
      OPTIONS: () => ({ fields: { Public: 'OPTIONS, DESCRIBE, GET_PARAMETER' } }),
      GET_PARAMETER: () => ({}),
    })
    const { listener } = pull(camera.url, {}, { clock })
    await camera.asked('PLAY')
    const seconds = async (count: number) => {
      const before = listener.packets.length
      camera.peer().picture()
      await listener.took(before + 1)
      clock.advance(count * 1000)
    }
    for (const count of [5, 5]) await seconds(count)
    await camera.asked('OPTIONS')
    for (const count of [5, 5]) await seconds(count)
    expect(fieldOf(await camera.asked('GET_PARAMETER'), 'session')).toBe('4711')
  })

  it('a camera that has forgotten the session is connected to anew', async () => {
    const clock = new ManualClock()
    const camera = await FakeRtsp.start({ OPTIONS: () => ({ status: '454 Session Not Found' }) })
    const { listener, failure } = pull(camera.url, {}, { clock })
    await camera.asked('PLAY')
    clock.advance(5_000)
    camera.peer().picture()
    await listener.took(1)
    clock.advance(5_000)
    expect(await failure).toMatchObject({ message: expect.stringMatching(/ended the session/) })
  })

  it.each(['DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN'])(
    'it ends when it is told to, also while %s is not answered',
    async (method) => {
      const clock = new ManualClock()
      const camera = await FakeRtsp.start({ [method]: () => 'nothing' })
      const { ended, stop } = pull(camera.url, {}, { clock })
      await camera.asked(method === 'TEARDOWN' ? 'PLAY' : method)
      stop()
      if (method === 'TEARDOWN') {
        await camera.asked(method)
        clock.advance(800)
      }
      await expect(ended).resolves.toBeUndefined()
      await until(() => camera.peer().socket.destroyed)
    },
  )
})

describe('what cameras ask', () => {
  it('is answered, and one that asks without reading is left', async () => {
    const camera = await FakeRtsp.start()
    const { failure, sockets } = pull(camera.url)
    await camera.asked('PLAY')
    const { socket } = camera.peer()
    const answers: string[] = []
    socket.on('data', (bytes: Buffer) => answers.push(bytes.toString()))
    socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\nSET_PARAMETER * RTSP/1.0\r\nCSeq: 8\r\n\r\n')
    await until(() => answers.join('').includes('CSeq: 8'))
    expect(answers.join('')).toContain('RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\nRTSP/1.0 501 Not Implemented\r\nCSeq: 8')
    // As if the kernel took no more, which would be megabytes.
    sockets[0]?.cork()
    socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n'.repeat(3_000))
    expect(await failure).toMatchObject({ problem: 'protocol', message: expect.stringMatching(/asks and asks/) })
  })
})

describe('over UDP', () => {
  it('packets come to ports of ours, from the camera only, and reports go back', async () => {
    const [rtp, rtcp] = await Promise.all([udp(), udp()])
    const camera = await FakeRtsp.start({
      SETUP: (request) =>
        fieldOf(request, 'transport')?.includes('TCP')
          ? { status: '461 Unsupported Transport' }
          : {
              fields: {
                Transport: `RTP/AVP;unicast;server_port=${rtp.address().port}-${rtcp.address().port}`,
                Session: '1',
              },
            },
    })
    const reports: Buffer[] = []
    rtcp.on('message', (bytes) => reports.push(bytes))
    const reached = once(rtp, 'message')
    const { listener } = pull(camera.url)
    const { 0: port } = /(?<=client_port=)\d+/.exec(fieldOf(await camera.asked('SETUP', 2), 'transport') ?? '') ?? []
    await camera.asked('PLAY')
    await reached
    await until(() => reports.length > 0)
    expect(reports[0]?.[1]).toBe(201)
    const stranger = await udp('127.0.0.2')
    const [first, second, third] = new Packets().picture(1, h264Payloads(IDR, 8)).map(encodeRtp)
    for (const bytes of [first, third, second]) {
      stranger.send(Buffer.from(bytes ?? []).fill(0, 2), Number(port), '127.0.0.1')
      rtp.send(bytes ?? new Uint8Array(), Number(port), '127.0.0.1')
    }
    await listener.took(1)
    expect(listener.packets[0]?.isKey).toBe(true)
    expect(listener.lost).toBe(0)
  })

  it('is not tried where TCP is asked for', async () => {
    const camera = await FakeRtsp.start({ SETUP: () => ({ status: '461 Unsupported Transport' }) })
    expect(await failureOf(camera.url, { transport: 'tcp' })).toMatchObject({ problem: 'unsupported' })
    expect(camera.methods).toEqual(['DESCRIBE', 'SETUP'])
  })
})

async function udp(address = '127.0.0.1') {
  const socket = createSocket('udp4').bind(0, address)
  await once(socket, 'listening')
  onTestFinished(() => {
    socket.close()
  })
  return socket
}
