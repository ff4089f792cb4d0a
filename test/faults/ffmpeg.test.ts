import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { InputParts } from '../../src/sources/cameras/camera-input.ts'
import { copierOf } from '../../src/sources/cameras/ffmpeg/copy-from.ts'
import { ffmpegDecoders } from '../../src/sources/cameras/ffmpeg/ffmpeg-decoder.ts'
import { LocalFfmpeg } from '../../src/sources/cameras/ffmpeg/local-ffmpeg.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { RecordingListener } from '../support/camera-listener.ts'
import { isRunning, MisbehavingFfmpeg } from '../support/misbehaving-ffmpeg.ts'
import { until } from '../support/until.ts'

const local = (name: string, startsAtOnce = 4) => new LocalFfmpeg({ clock: systemClock, name, startsAtOnce })

const LIMITS = { packetBytes: 1_000_000, maxPixels: 1_000_000, processBytes: 500_000_000 }

const packet = (pts: number, length = 100) => ({
  bytes: new Uint8Array(length),
  isKey: pts % 1_000_000 === 0,
  pts,
  dts: pts,
  arrivedAt: 0,
})

/** A decoder with such an `ffmpeg`, which gets 4 s of video. */
function decoding(fake: MisbehavingFfmpeg, { length = 100, pictureTimeout = 60_000, program = local(fake.path) } = {}) {
  const decoder = ffmpegDecoders({ limits: LIMITS, quality: 80, pictureTimeout, program, clock: systemClock })({
    track: { codec: 'h264', configuration: new Uint8Array() },
    from: [],
    since: Number.NEGATIVE_INFINITY,
    width: undefined,
    rate: undefined,
    onPicture: () => {},
  })
  onTestFinished(() => decoder.close())
  const fed = Array.from({ length: 100 }, (_, i) => decoder.feed(packet(i * 40_000, length)))
  return { decoder, fed }
}

const areGone = ({ ids }: MisbehavingFfmpeg) => !ids.some(isRunning)

describe('an ffmpeg that', () => {
  it.each([
    ['crashes', 'kill -SEGV $$', /^FFmpeg crashed \(SIGSEGV\)\.$/],
    ['fails', 'echo "Something broke" >&2; exit 69', /exit code 69\. It says: "Something broke"$/],
    ['ends', 'exit 0', /^The video has ended\.$/],
    ['prints garbage', 'echo "hello there, this is no NUT"; exec sleep 60', /is no pictures: it is no NUT\.$/],
  ])('%s is gone, and the reason is told', async (_what, lines, reason) => {
    const fake = new MisbehavingFfmpeg(lines)
    const { decoder } = decoding(fake)
    await expect(decoder.ended).rejects.toMatchObject({ problem: 'ffmpeg', message: expect.stringMatching(reason) })
    expect(areGone(fake)).toBe(true)
    // Nothing happens with what comes too late.
    expect(decoder.feed(packet(0))).toBe(false)
  })

  it.each([
    ['reads, and gives no pictures', 'exec cat > /dev/null', 100, 0],
    ['reads nothing, and misses packets', 'exec sleep 60', 100_000, 50],
  ])('%s counts as hanging, and is gone', async (_what, lines, length, dropped) => {
    const fake = new MisbehavingFfmpeg(lines)
    const { decoder, fed } = decoding(fake, { length, pictureTimeout: 300 })
    expect(fed.filter((isFed) => !isFed).length).toBeGreaterThanOrEqual(dropped)
    await expect(decoder.ended).rejects.toMatchObject({
      problem: 'ffmpeg',
      message: expect.stringContaining('gives no pictures any more, though it gets video'),
    })
    expect(areGone(fake)).toBe(true)
  })

  it('grows beyond its memory is killed', async () => {
    const fake = new MisbehavingFfmpeg(
      'exec /usr/bin/env python3 -c "import time; x = bytearray(200_000_000); time.sleep(60)"',
    )
    const listener = new RecordingListener()
    const parts = partsOf(fake, { processBytes: 100_000_000 })
    async function* bytes() {
      yield new Uint8Array(10)
      await new Promise(() => {})
    }
    const copied = copierOf(parts)(bytes(), 'mpegts', 'as-it-comes', listener, new AbortController().signal)
    await expect(copied).rejects.toMatchObject({
      problem: 'ffmpeg',
      message: expect.stringMatching(/used more than it may \(2\d\d MB/),
    })
    expect(areGone(fake)).toBe(true)
  })

  it('floods its standard error and does not end when asked to is killed, with what it has started', async () => {
    const fake = new MisbehavingFfmpeg(
      'trap "" TERM; sh -c \'echo $$ >> "$0/ids"; sleep 60\' "$FOLDER" & yes "something is wrong" >&2',
    )
    const { decoder } = decoding(fake)
    await until(() => fake.ids.length === 2, 'both')
    await decoder.close()
    expect(areGone(fake)).toBe(true)
  })

  it('copies nothing counts as silent, and is gone', async () => {
    const fake = new MisbehavingFfmpeg('exec cat > /dev/null')
    async function* bytes() {
      for (;;) {
        yield new Uint8Array(1000)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    const copied = copierOf(partsOf(fake, { connectTimeout: 100, silenceTimeout: 200 }))(
      bytes(),
      'mov',
      'real-time',
      new RecordingListener(),
      new AbortController().signal,
    )
    await expect(copied).rejects.toMatchObject({ problem: 'silent' })
    expect(areGone(fake)).toBe(true)
  })

  it('runs does not outlive its server, however that ends', async () => {
    const fake = new MisbehavingFfmpeg('exec sleep 600')
    const server = spawn(process.execPath, [join(import.meta.dirname, '../support/start-ffmpeg.ts'), fake.path])
    await until(() => fake.ids.some(isRunning), 'its start')
    server.kill('SIGKILL')
    await once(server, 'exit')
    await until(() => areGone(fake), 'its end')
  })
})

function partsOf(fake: MisbehavingFfmpeg, limits: Partial<InputParts['limits']> = {}): InputParts {
  return {
    clock: systemClock,
    dialler: { resolve: async (host) => host, connect: () => Promise.reject(new Error('not here')) },
    ffmpeg: local(fake.path),
    limits: { ...LIMITS, connectTimeout: 5000, silenceTimeout: 5000, ...limits },
  }
}

describe('the program', () => {
  it('is asked for its version once, and again when it is replaced', async () => {
    const fake = new MisbehavingFfmpeg('', '4.4.1')
    const program = local(fake.path)
    for (const _time of [1, 2])
      await expect(program.find()).rejects.toMatchObject({
        problem: 'ffmpeg',
        message: expect.stringMatching(/is FFmpeg 4\.4\.1; 5\.1 or newer is needed\. On Debian/),
      })
    expect(fake.asked).toBe(1)
    fake.replace('', '7.1')
    expect(await program.find()).toMatchObject({ path: fake.path, version: '7.1' })
    expect(fake.asked).toBe(2)
  })

  it('that is missing, or none, is told with what installs it', async () => {
    await expect(local('ffmpeg-that-is-not-there').find()).rejects.toThrow(
      /There is no program ffmpeg-that-is-not-there \(cameras\.ffmpeg\)\. On Debian and Ubuntu .*"sudo apt install ffmpeg"/,
    )
    await expect(local('/bin/true').find()).rejects.toThrow(/does not say which version it is/)
  })

  it('is started by few at the same time, however many cameras fail', async () => {
    const fake = new MisbehavingFfmpeg('sleep 0.05; exit 1')
    const program = local(fake.path, 2)
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, fake.ids.filter(isRunning).length)
    }, 5)
    onTestFinished(() => clearInterval(watch))
    const decoders = Array.from({ length: 8 }, () => decoding(fake, { program }).decoder)
    await Promise.allSettled(decoders.map(({ ended }) => ended))
    expect([fake.ids.length, most <= 2]).toEqual([8, true])
  })
})
