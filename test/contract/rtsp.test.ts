import { spawnSync } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CameraSettings } from '../../src/core/camera.ts'
import type { Size } from '../../src/core/payload.ts'
import { CameraFailure } from '../../src/sources/cameras/camera-input.ts'
import { openRtsp } from '../../src/sources/cameras/rtsp/open-rtsp.ts'
import { readImage } from '../../src/wire/image-header.ts'
import { cameraAt, inputParts } from '../support/http-camera.ts'
import { RtspCamera } from '../support/rtsp-camera.ts'
import { until } from '../support/until.ts'
import { VideoListener } from '../support/video-listener.ts'

/*
 * Our reader of RTSP against a camera that others wrote (GStreamer's server), and what it gives against FFmpeg.
 */

const FFMPEG = process.env.BELVEDERE_TEST_FFMPEG ?? 'ffmpeg'
const camera = RtspCamera.ofFile({
  streams: [
    { path: '/h264', codec: 'h264', hasAudio: true },
    { path: '/b-frames', codec: 'h264', hasBFrames: true },
    { path: '/h265', codec: 'h265' },
    { path: '/jpeg', codec: 'jpeg' },
  ],
})

/** Pulls until it is stopped, or the test is over. */
function pull(url: string, more: Partial<CameraSettings> = {}) {
  const listener = new VideoListener()
  const end = new AbortController()
  const ended = openRtsp(cameraAt(url, more), inputParts()).pull(listener, end.signal)
  // A failure is looked at by the test, or shows in what does not come.
  ended.catch(() => {})
  const stop = async () => {
    end.abort()
    await ended.catch(() => {})
  }
  onTestFinished(stop)
  /** Waits until so many packets have come. @throws why they do not */
  const took = (count: number) => Promise.race([listener.took(count), ended])
  return { listener, ended, stop, took }
}

/** How many pictures FFmpeg makes of the packets, without a word of complaint. */
function decoded({ packets, tracks }: VideoListener): number {
  const format = tracks[0]?.codec === 'h265' ? 'hevc' : 'h264'
  const args = ['-v', 'warning', '-f', format, '-i', 'pipe:0', '-fps_mode', 'passthrough', '-f', 'framecrc', 'pipe:1']
  const input = Buffer.concat(packets.map(({ bytes }) => bytes))
  const { stdout, stderr } = spawnSync(FFMPEG, args, { input, maxBuffer: 1e8 })
  // It always says so of a raw stream, which has no times.
  const complaints = stderr
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !/estimating duration|Timestamps are unset|non monoton/i.test(line))
  expect(complaints).toEqual([])
  return stdout
    .toString()
    .split('\n')
    .filter((line) => /^0,/.test(line)).length
}

/** The times between the packets, µs, in the order they are shown in. */
function steps({ packets }: VideoListener): Set<number> {
  const times = packets.map(({ pts }) => pts).sort((one, other) => one - other)
  return new Set(times.slice(1).map((time, at) => time - (times[at] ?? 0)))
}

/** Over a second of each video, all at the same time. */
let recording: Promise<ReadonlyMap<string, VideoListener>> | undefined
function recorded(path: string): Promise<VideoListener> {
  const record = async (each: string, transport: CameraSettings['transport']) => {
    for (;;) {
      const { listener, stop, took } = pull((await camera()).url(each), { transport })
      const hasFailed = await took(30).then(
        () => false,
        () => true,
      )
      await stop()
      // The server sometimes sends nothing over UDP; who is behind the input tries again as well.
      if (!hasFailed) return [`${each} ${transport}`, listener] as const
    }
  }
  recording ??= Promise.all([
    record('/h264', 'auto'),
    record('/h265', 'auto'),
    record('/b-frames', 'tcp'),
    record('/h264', 'udp'),
  ]).then((all) => new Map(all))
  return recording.then((all) => all.get(path) ?? new VideoListener())
}

describe('a camera over RTSP', () => {
  it.each(['h264', 'h265'])('gives every picture of %s, decodable from the first packet on', async (codec) => {
    const listener = await recorded(`/${codec} auto`)
    expect(listener.tracks).toMatchObject([{ codec, size: { width: 640, height: 360 } }])
    const keys = listener.packets.flatMap(({ isKey }, at) => (isKey ? [at] : []))
    expect(keys.slice(0, 2)).toEqual([0, 25])
    expect([...steps(listener)]).toEqual([40_000])
    expect(listener.packets.every(({ pts, dts }) => pts === dts)).toBe(true)
    expect(decoded(listener)).toBe(listener.packets.length)
  })

  it('is told when nobody wants it any more', async () => {
    const server = await camera()
    await recorded('/h264 auto')
    await until(
      () => new Set(server.events.filter(({ event }) => event === 'TEARDOWN').map(({ path }) => path)).size >= 3,
      'TEARDOWN of each',
    )
  })

  it('has pictures that are shown in another order than they come in, decoded before they are shown', async () => {
    const listener = await recorded('/b-frames tcp')
    expect(listener.packets.some(({ pts }, at) => pts < (listener.packets[at - 1]?.pts ?? 0))).toBe(true)
    expect(listener.packets.every(({ pts, dts }) => dts <= pts)).toBe(true)
    const times = listener.packets.map(({ dts }) => dts)
    expect(times).toEqual([...new Set(times)].sort((one, other) => one - other))
    expect(decoded(listener)).toBe(listener.packets.length)
  })

  it('also sends over UDP', async () => {
    const listener = await recorded('/h264 udp')
    // A busy machine may lose some.
    if (listener.lost === 0) expect(decoded(listener)).toBe(listener.packets.length)
  })

  it('tells when pictures were captured, by its sender reports', async () => {
    const { listener, took } = pull((await camera()).url('/h264'))
    await took(1)
    const known = () => listener.packets.filter(({ capturedAt }) => capturedAt !== undefined)
    await until(() => known().length >= 5, 'pictures with the time of the camera')
    // Both clocks are the same here; a picture is captured when its clip says, which a busy machine may be late for.
    const ages = known().map(({ arrivedAt, capturedAt = 0 }) => arrivedAt - capturedAt)
    const youngest = Math.min(...ages)
    expect(youngest).toBeGreaterThan(-100)
    expect(youngest).toBeLessThan(2_000)
    const captured = known().map(({ capturedAt = 0 }) => capturedAt)
    for (const [at, time] of captured.entries()) if (at > 0) expect(time - (captured[at - 1] ?? 0)).toBeCloseTo(40, 0)
  })

  it('gives JPEGs as pictures', async () => {
    const { listener } = pull((await camera()).url('/jpeg'))
    await until(() => listener.pictures.length >= 3, 'pictures')
    const { bytes = new Uint8Array() } = listener.pictures[0] ?? {}
    expect(readImage(bytes, { maxPixels: 1e6 })).toMatchObject({ mediaType: 'image/jpeg', width: 640, height: 360 })
    const args = ['-v', 'warning', '-f', 'mjpeg', '-i', 'pipe:0', '-f', 'null', '-']
    expect(spawnSync(FFMPEG, args, { input: bytes }).stderr.toString()).toBe('')
  })

  it('says so where it has no such path', async () => {
    const failure = await pull((await camera()).url('/none')).ended.catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(CameraFailure)
    expect(failure).toMatchObject({ problem: 'not-found' })
  })
})

describe.each(['digest', 'basic'] as const)('a camera that wants a password by %s', (authentication) => {
  it('lets in who has it, and is asked once with a wrong one', async () => {
    const server = await RtspCamera.start({
      streams: [{ path: '/h264', codec: 'h264' }],
      ...{ user: 'admin', password: 'P@ss#1%0X', authentication },
    })
    const wrong = await pull(server.url(), { user: 'admin', password: 'secret' }).ended.catch((error: unknown) => error)
    expect(wrong).toMatchObject({ problem: 'password', retryAfter: Number.POSITIVE_INFINITY })
    const none = await pull(server.url()).ended.catch((error: unknown) => error)
    expect(none).toMatchObject({ problem: 'password' })
    await pull(server.url(), { user: 'admin', password: 'P@ss#1%0X' }).took(2)
  })
})

describe('a camera that changes', () => {
  it('goes on in another size, is killed, and comes back', async () => {
    const server = await RtspCamera.start({ streams: [{ path: '/h264', codec: 'h264' }] })
    const small: Size = { width: 320, height: 180 }
    const first = pull(server.url())
    await first.took(1)
    await server.resize('/h264', small)
    await until(() => first.listener.tracks.length === 2, 'a second track')
    expect(first.listener.tracks[1]?.size).toEqual(small)
    const at = first.listener.packets.findIndex(({ isKey }, index) => isKey && index > 0)
    expect(at).toBeGreaterThan(0)
    await server.kill()
    await expect(first.ended).rejects.toMatchObject({ problem: 'unreachable' })
    await expect(pull(server.url()).ended).rejects.toMatchObject({ problem: 'unreachable' })
    await server.startAgain(small)
    const second = pull(server.url())
    await second.took(1)
    expect(second.listener.tracks[0]?.size).toEqual(small)
  })
})
