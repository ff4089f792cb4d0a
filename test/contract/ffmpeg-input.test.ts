import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CameraSettings } from '../../src/core/camera.ts'
import { CameraFailure, type InputParts } from '../../src/sources/cameras/camera-input.ts'
import { copierOf } from '../../src/sources/cameras/ffmpeg/copy-from.ts'
import { openFfmpegInput } from '../../src/sources/cameras/ffmpeg/ffmpeg-input.ts'
import { LocalFfmpeg } from '../../src/sources/cameras/ffmpeg/local-ffmpeg.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { RecordingListener } from '../support/camera-listener.ts'
import { makeCertificate } from '../support/certificate.ts'
import { clipFolder, FFMPEG, ffmpeg, H264, testSource } from '../support/ffmpeg-clip.ts'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'P@ss1%0X'

const PARTS: InputParts = {
  clock: systemClock,
  dialler: {
    resolve: async (host) => (host === 'camera.example' ? '127.0.0.1' : host),
    connect: () => Promise.reject(new Error('not here')),
  },
  ffmpeg: new LocalFfmpeg({ clock: systemClock, name: FFMPEG, startsAtOnce: 4 }),
  limits: {
    connectTimeout: 5000,
    silenceTimeout: 60_000,
    packetBytes: 1_000_000,
    maxPixels: 1_000_000,
    processBytes: 500_000_000,
  },
}

function settings(url: string, more: Partial<CameraSettings> = {}): CameraSettings {
  const stream = { label: 'Yard', key: 'gate' }
  return { stream, url, runs: 'always', certificate: 'verified', transport: 'auto', ...more }
}

/** Pulls from an address until the test ends. */
function pulling(camera: CameraSettings, parts: Partial<InputParts> = {}) {
  const listener = new RecordingListener()
  const end = new AbortController()
  const pulled = openFfmpegInput(camera, { ...PARTS, ...parts }).pull(listener, end.signal)
  pulled.catch(() => {})
  const stop = async () => {
    end.abort()
    await pulled.catch(() => {})
  }
  onTestFinished(stop)
  return { listener, pulled, stop }
}

/** Sends a clip, again and again, with the real `ffmpeg`. */
function sending(args: readonly string[]): ChildProcess {
  const child = spawn(FFMPEG, ['-loglevel', 'error', '-nostdin', ...args], { stdio: 'ignore' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

/** A short clip with sound. */
function clip(format: string, args: readonly string[] = H264): string {
  const path = join(clipFolder(), `clip.${format}`)
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=2']
  writeFileSync(path, '')
  ffmpeg([...testSource('160x90', 2), ...sound, ...args, '-c:a', 'aac', '-f', format, path])
  return path
}

/** The command lines of all processes that there are. */
const commandLines = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })

describe('a camera that FFmpeg reads', () => {
  it('over RTMP gives packets in order, by the address that was resolved, with its name and password in no command line', async () => {
    const port = await freePort()
    const path = clip('flv')
    const server = sending([
      '-re',
      '-stream_loop',
      '-1',
      '-i',
      path,
      '-c',
      'copy',
      '-f',
      'flv',
      '-listen',
      '1',
      `rtmp://127.0.0.1:${port}/live/gate`,
    ])
    await until(() => isListening(port), 'the server')
    const { listener, pulled, stop } = pulling(
      settings(`rtmp://camera.example:${port}/live/gate`, { user: 'eve', password: PASSWORD }),
    )
    await until(() => listener.packets.length > 40, 'packets')
    const lines = commandLines()
    expect(lines.some((line) => line.includes('ffconcat') || line.includes('concat'))).toBe(true)
    expect(lines.filter((line) => line.includes(PASSWORD) || line.includes('camera.example'))).toEqual([])
    expect(listener.tracks).toHaveLength(1)
    expect(listener.tracks[0]).toMatchObject({ codec: 'h264', size: { width: 160, height: 90 } })
    const { packets } = listener
    expect(packets[0]?.isKey).toBe(true)
    expect(packets.map(({ dts }) => dts)).toEqual(packets.map(({ dts }) => dts).toSorted((a, b) => a - b))
    server.kill('SIGKILL')
    await expect(pulled).rejects.toMatchObject({ problem: 'unreachable' })
    await stop()
  })

  it('over SRT, UDP and RTP gives packets', async () => {
    const path = clip('mpegts')
    await Promise.all(['srt', 'udp', 'rtp'].map((scheme) => givesPackets(scheme, path)))
  })

  async function givesPackets(scheme: string, path: string): Promise<void> {
    const port = await freePort()
    const format = scheme === 'rtp' ? 'rtp_mpegts' : 'mpegts'
    const mode = scheme === 'srt' ? '?mode=listener' : ''
    sending([
      '-re',
      '-stream_loop',
      '-1',
      '-i',
      path,
      '-c',
      'copy',
      '-f',
      format,
      `${scheme}://127.0.0.1:${port}${mode}`,
    ])
    // The sender may not be there yet.
    await until(async () => {
      const { listener, pulled, stop } = pulling(settings(`${scheme}://127.0.0.1:${port}`))
      let hasFailed = false
      pulled.catch(() => {
        hasFailed = true
      })
      await until(() => listener.packets.length > 10 || hasFailed, 'packets')
      await stop()
      return !hasFailed && listener.tracks[0]?.codec === 'h264'
    }, 'the camera')
  }

  it('as a file is looped, in real time', async () => {
    const { listener } = pulling(settings(pathToFileURL(clip('mp4')).href))
    await until(() => listener.packets.length > 60, 'the second time')
    const [first, last] = [listener.packets[0], listener.packets.at(-1)]
    const video = ((last?.dts ?? 0) - (first?.dts ?? 0)) / 1000
    const took = (last?.arrivedAt ?? 0) - (first?.arrivedAt ?? 0)
    expect(took).toBeGreaterThan(video * 0.7 - 500)
  })

  it('is a new track where the size changes within it', async () => {
    const parts = ['160x90', '320x180'].map((size) =>
      ffmpeg([...testSource(size, 1), ...H264, '-f', 'mpegts', 'pipe:1']),
    )
    async function* bytes() {
      for (const part of parts) yield part
    }
    const listener = new RecordingListener()
    await copierOf(PARTS)(bytes(), 'mpegts', 'as-it-comes', listener, new AbortController().signal)
    expect(listener.tracks.map(({ size }) => size)).toEqual([
      { width: 160, height: 90 },
      { width: 320, height: 180 },
    ])
    expect(listener.packets.length).toBeGreaterThan(40)
  })
})

const isListening = async (port: number) => {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`
  return readFileSync('/proc/net/tcp', 'utf8').includes(hex)
}

describe('what FFmpeg cannot read', () => {
  it.each([
    ['rtmp://127.0.0.1:1/live/x', 'unreachable', 'Nothing answers at that address (connection refused)'],
    ['file:///nowhere/x.mp4', 'not-found', 'There is no such file or device.'],
    ['/dev/video77', 'not-found', 'There is no such file or device.'],
  ])('is told in words: %s', async (url, problem, sentence) => {
    const { pulled } = pulling(settings(url))
    await expect(pulled).rejects.toMatchObject({ problem, message: expect.stringContaining(sentence) })
  })

  it.each([
    'http://127.0.0.1/x',
    'concat:/etc/passwd',
    'rtmp://x/\nfile /etc/passwd',
    'exec:id',
    'data:,x',
    'ftp://x/y',
  ])('is refused at once: %s', (url) => {
    expect(() => openFfmpegInput(settings(url), PARTS)).toThrow(CameraFailure)
  })

  it('is a file without video, or without times', async () => {
    const folder = clipFolder()
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', join(folder, 'sound.mp4')])
    await expect(pulling(settings(pathToFileURL(join(folder, 'sound.mp4')).href)).pulled).rejects.toMatchObject({
      problem: 'no-video',
    })
    ffmpeg([...testSource(), ...H264, join(folder, 'raw.h264')])
    await expect(pulling(settings(pathToFileURL(join(folder, 'raw.h264')).href)).pulled).rejects.toMatchObject({
      problem: 'protocol',
      message: expect.stringContaining('Its video has no times'),
    })
  })

  it.each([
    ['says nothing', () => {}, 'silent', 'It takes the connection, and says nothing'],
    ['speaks another protocol', (socket: Socket) => socket.end('SSH-2.0-x\r\n'), 'protocol', 'does not speak RTMP'],
  ])('is a server that %s', async (_what, answer, problem, sentence) => {
    const server = createServer((socket) => answer(socket.on('error', () => {})))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const { port } = server.address() as AddressInfo
    // Only of one that says nothing is the end waited for.
    const limits = { ...PARTS.limits, connectTimeout: problem === 'silent' ? 300 : 60_000 }
    const { pulled } = pulling(settings(`rtmp://127.0.0.1:${port}/live/x`), { limits })
    await expect(pulled).rejects.toMatchObject({ problem, message: expect.stringContaining(sentence) })
  })

  it('is a camera whose certificate does not hold, unless any is accepted', async () => {
    const { cert, key } = makeCertificate(clipFolder())
    const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
      socket.on('error', () => {})
      socket.end('no RTMP')
    })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const url = `rtmps://camera.example:${port}/live/x`
    await expect(pulling(settings(url)).pulled).rejects.toMatchObject({ problem: 'certificate' })
    await expect(pulling(settings(url, { certificate: 'any' })).pulled).rejects.toMatchObject({ problem: 'protocol' })
  })
})
