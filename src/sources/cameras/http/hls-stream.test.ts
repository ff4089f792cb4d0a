import { createCipheriv } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cameraAt, httpCamera, inputParts } from '../../../../test/support/http-camera.ts'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { until } from '../../../../test/support/until.ts'
import { type AddressPolicy, addressPolicy } from '../../../core/address-policy.ts'
import type { VideoPacket } from '../../../core/video.ts'
import type { CameraListener } from '../camera-input.ts'
import type { CopyFrom } from '../ffmpeg/copy-from.ts'
import { openHttpWith } from './open-http.ts'

/** What a camera has, by path: a playlist as its lines, a segment as a text that begins as MPEG-TS does, or how it answers. */
type Files = Record<
  string,
  readonly string[] | string | Buffer | { readonly status: number; readonly location?: string }
>

/** A video that was passed on: what it is in, and its pieces. */
interface Run {
  readonly format: string
  readonly pieces: string[]
  readonly listener: CameraListener
}

/** Starts a camera that serves these files, and pulls `/live.m3u8`. */
async function pull(
  files: Files,
  { policy, clock, isHeld = false }: { policy?: AddressPolicy; clock?: ManualClock; isHeld?: boolean } = {},
) {
  const camera = await httpCamera(({ url = '', headers }, response) => {
    const file = files[url]
    if (file === undefined) response.writeHead(404).end()
    else if (typeof file === 'object' && 'status' in file)
      response.writeHead(file.status, { ...(file.location && { location: file.location }) }).end()
    else {
      const bytes = Buffer.from(
        typeof file === 'string' || Buffer.isBuffer(file) ? file : ['#EXTM3U', ...file].join('\n'),
      )
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
      if (from === undefined || url.includes('whole')) response.end(bytes)
      else response.writeHead(206).end(bytes.subarray(Number(from), Number(to) + 1))
    }
  })
  const runs: Run[] = []
  let go = () => {}
  const packets: VideoPacket[] = []
  const listener = {
    track() {},
    picture() {},
    wantedRate: () => 1,
    packet: (packet: VideoPacket) => void packets.push(packet),
  }
  const copy: CopyFrom = async (bytes, format, _pace, listener, signal) => {
    const run: Run = { format, pieces: [], listener }
    runs.push(run)
    for await (const piece of bytes) {
      run.pieces.push(Buffer.from(piece).toString())
      // As slow as the video is.
      if (isHeld)
        await new Promise<void>((resolve) => {
          go = resolve
          signal.addEventListener('abort', () => resolve())
        })
    }
  }
  const leaving = new AbortController()
  const parts = inputParts({ ...(policy && { policy }), ...(clock && { clock }) })
  const pulling = openHttpWith(
    () => copy,
    cameraAt(`${camera.url}/live.m3u8`, { user: 'u', password: 'p' }),
    parts,
  ).pull(listener, leaving.signal)
  pulling.catch(() => {})
  const leave = async () => {
    leaving.abort()
    await pulling.catch(() => {})
  }
  onTestFinished(leave)
  const pieces = () => runs.map((run) => run.pieces)
  return { ...camera, runs, pieces, pulling, leave, packets, goOn: () => go() }
}

const segments = (...names: string[]) => names.flatMap((name) => ['#EXTINF:2,', name])
const LIVE = ['#EXT-X-TARGETDURATION:2']
const ENDED = ['#EXT-X-TARGETDURATION:2', '#EXT-X-PLAYLIST-TYPE:VOD']
const END = '#EXT-X-ENDLIST'
const ts = (...names: string[]): Files => Object.fromEntries(names.map((name) => [`/${name}`, `G${name}`]))

describe('a playlist that has ended', () => {
  it('is played once from its beginning, as one video, and is a failure then', async () => {
    const { pieces, pulling, requests } = await pull({
      '/live.m3u8': [...ENDED, ...segments('a', 'b', 'c'), END],
      ...ts('a', 'b', 'c'),
    })
    await expect(pulling).rejects.toMatchObject({ problem: 'no-video', message: expect.stringContaining('has ended') })
    expect(pieces()).toEqual([['Ga', 'Gb', 'Gc']])
    expect(requests).toEqual(['GET /live.m3u8', 'GET /a', 'GET /b', 'GET /c'])
  })

  it('is several videos where it does not go on: a break, another beginning, something missing, a clock that was set', async () => {
    const map = (name: string) => `#EXT-X-MAP:URI="${name}"`
    const { pieces, runs, pulling } = await pull({
      '/live.m3u8': [
        ...[
          ...ENDED,
          ...segments('a'),
          '#EXT-X-DISCONTINUITY',
          ...segments('b', 'missing', 'c'),
          '#EXT-X-GAP',
          ...segments('gap', 'd'),
        ],
        ...[map('m1'), ...segments('f1', 'f2'), map('m2'), ...segments('f3')],
        ...['#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:00Z', ...segments('f4')],
        ...['#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:03Z', ...segments('f5')],
        ...['#EXT-X-PROGRAM-DATE-TIME:2026-11-29T11:00:00Z', ...segments('f6'), END],
      ],
      ...ts('a', 'b', 'c', 'd', 'm1', 'm2', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6'),
    })
    await expect(pulling).rejects.toThrow('has ended')
    expect(pieces()).toEqual([
      ['Ga'],
      ['Gb'],
      ['Gc'],
      ['Gd'],
      ['Gm1', 'Gf1', 'Gf2'],
      ['Gm2', 'Gf3', 'Gf4', 'Gf5'],
      ['Gm2', 'Gf6'],
    ])
    expect(runs.map(({ format }) => format)).toEqual(['mpegts', 'mpegts', 'mpegts', 'mpegts', 'mov', 'mov', 'mov'])
  })

  it('may have its segments as parts of files, whether the camera knows ranges or not', async () => {
    const part = (range: string, name: string) => ['#EXTINF:2,', `#EXT-X-BYTERANGE:${range}`, name]
    const { pieces, pulling } = await pull({
      '/live.m3u8': [...ENDED, ...part('3@0', 'all'), ...part('4', 'all'), ...part('3@3', 'whole'), END],
      '/all': 'G12G456',
      '/whole': 'xxxG12xx',
    })
    await expect(pulling).rejects.toThrow('has ended')
    expect(pieces()).toEqual([['G12', 'G456', 'G12']])
  })

  it('may be encrypted with AES-128, whose key is asked for once', async () => {
    const key = Buffer.from('0123456789abcdef')
    const encrypted = (text: string, iv: Buffer) => {
      const cipher = createCipheriv('aes-128-cbc', key, iv)
      return Buffer.concat([cipher.update(text), cipher.final()])
    }
    const ofNumber = Buffer.alloc(16)
    ofNumber[15] = 8
    const { pieces, pulling, requests } = await pull({
      '/live.m3u8': [
        ...[
          ...ENDED,
          '#EXT-X-MEDIA-SEQUENCE:7',
          `#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x${'5a'.repeat(16)}`,
          ...segments('a'),
        ],
        ...['#EXT-X-KEY:METHOD=AES-128,URI="key"', ...segments('b'), '#EXT-X-KEY:METHOD=NONE', ...segments('c'), END],
      ],
      '/key': key,
      '/a': encrypted('Ga and more', Buffer.alloc(16, 0x5a)),
      '/b': encrypted('Gb', ofNumber),
      '/c': 'Gc',
    })
    await expect(pulling).rejects.toThrow('has ended')
    expect(pieces()).toEqual([['Ga and more', 'Gb', 'Gc']])
    expect(requests.filter((each) => each === 'GET /key')).toHaveLength(1)
  })

  it.each([
    [
      '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key"',
      'unsupported',
      /encrypted in a way that is not known here \(SAMPLE-AES\)/,
    ],
    ['#EXT-X-KEY:METHOD=AES-128,URI="short"', 'protocol', /does not have 16 bytes/],
    ['#EXT-X-KEY:METHOD=AES-128,URI="key"', 'protocol', /cannot be decrypted/],
  ])('whose key is of no use is a failure: %s', async (key, problem, message) => {
    const { pulling } = await pull({
      '/live.m3u8': [...ENDED, key, ...segments('a', 'a', 'a', 'a', 'a', 'a'), END],
      '/a': 'not encrypted',
      '/key': '0123456789abcdef',
      '/short': 'short',
    })
    await expect(pulling).rejects.toMatchObject({ problem, message: expect.stringMatching(message) })
  })

  it('that lists what is missing, too large or no video is a failure', async () => {
    const list = [...ENDED, ...segments('a', 'b', 'c', 'd', 'e', 'f'), END]
    const missing = await pull({ '/live.m3u8': list })
    await expect(missing.pulling).rejects.toMatchObject({ problem: 'not-found' })
    const large = await pull({ '/live.m3u8': list, '/a': Buffer.alloc(2_000_001, 'G') })
    await expect(large.pulling).rejects.toMatchObject({ problem: 'too-large' })
    const sound = await pull({ '/live.m3u8': list, '/a': 'ID3 sound' })
    await expect(sound.pulling).rejects.toMatchObject({ problem: 'no-video' })
  })
})

describe('a playlist that lists others', () => {
  it('leads to the one that fits, and its addresses are relative to where they are found', async () => {
    const { pieces, pulling } = await pull({
      '/live.m3u8': [
        '#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=1280x720',
        'hd/list?x=1',
        '#EXT-X-STREAM-INF:BANDWIDTH=2,RESOLUTION=320x180',
        'sd',
      ],
      '/hd/list?x=1': { status: 302, location: '/moved/to/list' },
      '/moved/to/list': [...ENDED, ...segments('a', '../b', '/c'), END],
      ...ts('moved/to/a', 'moved/b', 'c'),
    })
    await expect(pulling).rejects.toThrow('has ended')
    expect(pieces()).toEqual([['Gmoved/to/a', 'Gmoved/b', 'Gc']])
  })

  it('with sound only, or in a circle, is a failure', async () => {
    const sound = await pull({ '/live.m3u8': ['#EXT-X-STREAM-INF:CODECS="mp4a.40.2"', 'x'] })
    await expect(sound.pulling).rejects.toMatchObject({ problem: 'no-video' })
    const circle = await pull({ '/live.m3u8': ['#EXT-X-STREAM-INF:', 'live.m3u8'] })
    await expect(circle.pulling).rejects.toMatchObject({ problem: 'protocol' })
  })
})

describe('no playlist leads', () => {
  const policy = addressPolicy({
    private: 'refuse',
    loopback: 'refuse',
    link_local: 'refuse',
    public: 'refuse',
    allowed: ['127.0.0.1'],
    refused: [],
  })
  const lists = (address: string): Record<string, Files> => ({
    segment: { '/live.m3u8': [...ENDED, ...segments(address), END] },
    variant: { '/live.m3u8': ['#EXT-X-STREAM-INF:BANDWIDTH=1', address] },
    key: { '/live.m3u8': [...ENDED, `#EXT-X-KEY:METHOD=AES-128,URI="${address}"`, ...segments('a'), END], ...ts('a') },
    map: { '/live.m3u8': [...ENDED, `#EXT-X-MAP:URI="${address}"`, ...segments('a'), END], ...ts('a') },
    redirect: { '/live.m3u8': [...ENDED, ...segments('a'), END], '/a': { status: 302, location: address } },
  })

  it.each([
    'file:///etc/passwd',
    'concat:http://127.0.0.1/a|file:///etc/passwd',
    'data:video/mp2t,G',
    'crypto:a',
    'rtmp://127.0.0.1/',
    'http://127.0.0.2:1/',
    'http://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    '//[::ffff:127.0.0.2]:1/a',
    'http://0/',
  ])('to %s', async (address) => {
    for (const [where, files] of Object.entries(lists(address))) {
      const { pulling, pieces } = await pull(files, { policy })
      await expect(pulling, where).rejects.toMatchObject({ problem: 'address' })
      expect(pieces()).toEqual([])
    }
  })
})

describe('a playlist that goes on', () => {
  it('is followed from near its end, and asked for again as its segments come', async () => {
    const clock = new ManualClock()
    const files: Files = {
      '/live.m3u8': [...LIVE, '#EXT-X-MEDIA-SEQUENCE:5', ...segments('a', 'b', 'c')],
      ...ts('a', 'b', 'c', 'd', 'e'),
    }
    const { pieces, requests } = await pull(files, { clock })
    await until(() => pieces()[0]?.length === 2 && clock.timers === 1)
    expect(pieces()).toEqual([['Gb', 'Gc']])
    files['/live.m3u8'] = [...LIVE, '#EXT-X-MEDIA-SEQUENCE:7', ...segments('c', 'd', 'e')]
    clock.advance(999)
    expect(requests.filter((each) => each.includes('live'))).toHaveLength(1)
    clock.advance(1)
    await until(() => pieces()[0]?.length === 4)
    expect(pieces()).toEqual([['Gb', 'Gc', 'Gd', 'Ge']])
  })

  it('is never far behind: the newest segments are read instead, as another video', async () => {
    const clock = new ManualClock()
    const names = Array.from({ length: 30 }, (_, n) => `s${n}`)
    const files: Files = { '/live.m3u8': [...LIVE, ...segments(...names.slice(0, 3))], ...ts(...names) }
    const { pieces, goOn } = await pull(files, { clock, isHeld: true })
    await until(() => pieces()[0]?.length === 1)
    files['/live.m3u8'] = [...LIVE, '#EXT-X-MEDIA-SEQUENCE:20', ...segments(...names.slice(20))]
    clock.advance(60_000)
    await until(() => {
      goOn()
      clock.advance(1_000)
      return pieces().at(-1)?.at(-1) === 'Gs29'
    })
    expect(pieces()).toEqual([
      ['Gs1', 'Gs2'],
      ['Gs28', 'Gs29'],
    ])
  })

  it('whose camera has begun to count anew is followed from there', async () => {
    const clock = new ManualClock()
    const files: Files = {
      '/live.m3u8': [...LIVE, '#EXT-X-MEDIA-SEQUENCE:900', ...segments('a', 'b')],
      ...ts('a', 'b', 'c', 'd'),
    }
    const { pieces } = await pull(files, { clock })
    await until(() => pieces()[0]?.length === 2)
    files['/live.m3u8'] = [...LIVE, ...segments('c', 'd')]
    await until(() => {
      clock.advance(1_000)
      return pieces().at(-1)?.at(-1) === 'Gd'
    })
    expect(pieces()).toEqual([
      ['Ga', 'Gb'],
      ['Gc', 'Gd'],
    ])
  })

  it('that lists nothing new for long is silent, and one that fails now and then is not', async () => {
    const clock = new ManualClock()
    const files: Files = { '/live.m3u8': [...LIVE, ...segments('a')], ...ts('a') }
    const { pieces, pulling, requests } = await pull(files, { clock })
    let isOver = false
    pulling.catch(() => {
      isOver = true
    })
    await until(() => pieces()[0]?.length === 1)
    files['/live.m3u8'] = { status: 500 }
    clock.advance(1_000)
    await until(() => requests.length === 3 && clock.timers > 0)
    files['/live.m3u8'] = [...LIVE, ...segments('a')]
    await until(() => {
      clock.advance(500)
      return isOver
    })
    await expect(pulling).rejects.toMatchObject({
      problem: 'silent',
      message: expect.stringMatching(/no new segment of its video for \d+ s/),
    })
  })

  it('ends at once when it is told to, whatever it waits for', async () => {
    const clock = new ManualClock()
    const waiting = await pull({ '/live.m3u8': [...LIVE, ...segments('a')], ...ts('a') }, { clock })
    await until(() => waiting.pieces()[0]?.length === 1)
    await waiting.leave()
    await expect(waiting.pulling).resolves.toBeUndefined()
    await until(() => clock.timers === 0)
  })
})

it('packets have the times of the playlist', async () => {
  const time = '#EXT-X-PROGRAM-DATE-TIME:2026-11-29T10:00:00.500Z'
  const { runs, packets, goOn } = await pull(
    { '/live.m3u8': [...ENDED, time, ...segments('a', 'b'), END], ...ts('a', 'b') },
    { isHeld: true },
  )
  await until(() => runs[0]?.pieces.length === 1)
  for (const pts of [40_000, 1_040_000])
    runs[0]?.listener.packet({ bytes: new Uint8Array(), isKey: pts === 40_000, pts, dts: pts, arrivedAt: 0 })
  expect(packets.map(({ capturedAt }) => capturedAt)).toEqual([
    Date.UTC(2026, 10, 29, 10, 0, 0, 500),
    Date.UTC(2026, 10, 29, 10, 0, 1, 500),
  ])
  goOn()
})

it('packets that come too late for their pace are followed by another video, which begins later', async () => {
  const { runs, pieces, goOn } = await pull(
    { '/live.m3u8': [...ENDED, ...segments('a', 'b', 'c', 'd'), END], ...ts('a', 'b', 'c', 'd') },
    { isHeld: true },
  )
  const come = (seconds: number, late: number) =>
    runs.at(-1)?.listener.packet({
      ...{ bytes: new Uint8Array(), isKey: true, pts: seconds * 1e6, dts: seconds * 1e6 },
      arrivedAt: 5_000 + seconds * 1_000 + late,
    })
  const has = (count: number) => until(() => pieces().flat().length === count)
  await has(1)
  come(0, 90)
  come(1, 0)
  goOn()
  await has(2)
  come(2, 399)
  goOn()
  await has(3)
  come(4, 401)
  goOn()
  await has(4)
  goOn()
  expect(pieces()).toEqual([['Ga', 'Gb', 'Gc'], ['Gd']])
})

it('a copy that stops by itself is a failure', async () => {
  const { url } = await httpCamera(({ url }, response) => {
    response.end(url === '/' ? ['#EXTM3U', ...LIVE, ...segments('a', 'b')].join('\n') : 'G')
  })
  const listener = { track() {}, packet() {}, picture() {}, wantedRate: () => 1 }
  const stopping = openHttpWith(() => async () => {}, cameraAt(url), inputParts())
  await expect(stopping.pull(listener, new AbortController().signal)).rejects.toMatchObject({ problem: 'ffmpeg' })
})
