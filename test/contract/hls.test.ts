import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { LocalFfmpeg } from '../../src/sources/cameras/ffmpeg/local-ffmpeg.ts'
import { openHttp } from '../../src/sources/cameras/http/open-http.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { RecordingListener } from '../support/camera-listener.ts'
import { clipFolder, ffmpeg, testSource } from '../support/ffmpeg-clip.ts'
import { cameraAt, httpCamera, inputParts } from '../support/http-camera.ts'
import { until } from '../support/until.ts'

/* HLS as FFmpeg writes it, read to its packets. */

/** Ten pictures a second, a key frame each half second. */
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '5', '-pix_fmt', 'yuv420p']
const HLS = ['-f', 'hls', '-hls_time', '0.5', '-hls_flags', 'program_date_time+split_by_time']

/** Serves a folder, with ranges, and tells what it has answered. */
async function serve(folder: string) {
  const answers: string[] = []
  const camera = await httpCamera(({ url = '', headers }, response) => {
    const path = join(folder, url.slice(1))
    if (!existsSync(path)) {
      response.writeHead(404).end()
      return
    }
    const bytes = readFileSync(path)
    answers.push(bytes.toString('latin1'))
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) response.end(bytes)
    else response.writeHead(206).end(bytes.subarray(Number(from), Number(to) + 1))
  })
  return { ...camera, answers }
}

/** Pulls a playlist until it ends or the test does. */
function pull(url: string) {
  const listener = new RecordingListener()
  const leaving = new AbortController()
  const program = new LocalFfmpeg({ clock: systemClock, name: 'ffmpeg', startsAtOnce: 4 })
  const parts = inputParts()
  const limits = { ...parts.limits, silenceTimeout: 60_000 }
  const pulling = openHttp(cameraAt(url), { ...parts, limits, ffmpeg: program }).pull(listener, leaving.signal)
  pulling.catch(() => {})
  onTestFinished(async () => {
    leaving.abort()
    await pulling.catch(() => {})
  })
  return { listener, pulling }
}

/** What a recording is made with, besides. */
const RECORDINGS = {
  'MPEG-TS that is encrypted': (folder: string) => {
    writeFileSync(join(folder, 'key'), randomBytes(16))
    writeFileSync(join(folder, 'info'), `key\n${join(folder, 'key')}\n${'5a'.repeat(16)}\n`)
    return ['-hls_key_info_file', join(folder, 'info')]
  },
  'fragments of MP4 in one file': () => ['-hls_segment_type', 'fmp4', '-hls_flags', '+single_file'],
}

/** Makes one with sound, fifteen pictures long, and reads it. */
async function readRecording(optionsIn: (folder: string) => readonly string[]): Promise<RecordingListener> {
  const folder = clipFolder()
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=1.5', '-c:a', 'aac']
  const clip = [...testSource('160x90', 1.5, 10), ...sound, ...H264]
  ffmpeg([...clip, ...HLS, '-hls_playlist_type', 'vod', ...optionsIn(folder), join(folder, 'list.m3u8')])
  const { url } = await serve(folder)
  const { listener, pulling } = pull(`${url}/list.m3u8`)
  await expect(pulling).rejects.toThrow('has ended')
  return listener
}

it('each picture of a recording comes once, with its time, whatever its segments are', async () => {
  // At the same time, as they take as long as they are.
  for (const { tracks, packets } of await Promise.all(Object.values(RECORDINGS).map(readRecording))) {
    expect(tracks).toMatchObject([{ codec: 'h264', size: { width: 160, height: 90 } }])
    const [first] = packets
    const tenths = packets.map(({ pts }) => Math.round((pts - (first?.pts ?? 0)) / 100_000))
    expect(tenths).toEqual(Array.from({ length: 15 }, (_, n) => n))
    expect(packets.filter(({ isKey }) => isKey)).toHaveLength(3)
    const times = packets.map(({ capturedAt }) => (capturedAt ?? 0) - (first?.capturedAt ?? 0))
    for (const [n, time] of times.entries()) expect(Math.abs(time - 100 * n)).toBeLessThan(60)
  }
})

it('a live playlist is read from the last segment but one on, with the times that it gives', async () => {
  const folder = clipFolder()
  const list = join(folder, 'list.m3u8')
  const source = ['-re', ...testSource('160x90', 600, 10), ...H264]
  const live = [...HLS, '-hls_flags', '+delete_segments', '-hls_list_size', '4']
  const encoder = spawn('ffmpeg', ['-loglevel', 'error', '-nostdin', ...source, ...live, list])
  onTestFinished(() => {
    encoder.kill('SIGKILL')
  })
  const startsIn = (text: string) =>
    [...text.matchAll(/PROGRAM-DATE-TIME:(.*)/g)].map(([, time = '']) => Date.parse(time))
  await until(() => existsSync(list) && startsIn(readFileSync(list, 'latin1')).length === 3)
  const { url, answers } = await serve(folder)
  const { listener } = pull(`${url}/list.m3u8`)
  await until(() => listener.packets.length >= 15)
  const { packets } = listener
  expect(packets[0]?.capturedAt).toBe(startsIn(answers[0] ?? '').at(-2))
  for (const [n, { arrivedAt, capturedAt = Infinity }] of packets.entries()) {
    expect(Math.abs(capturedAt - (packets[0]?.capturedAt ?? 0) - 100 * n)).toBeLessThan(60)
    expect(arrivedAt).toBeGreaterThan(capturedAt)
  }
})
