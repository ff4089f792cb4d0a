import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { VideoPacket, VideoTrack } from '../../src/core/video.ts'
import { codecOf } from '../../src/wire/nut/codec-tags.ts'
import { NutReader } from '../../src/wire/nut/nut-reader.ts'

/** The real one. */
export const FFMPEG: string = process.env.BELVEDERE_TEST_FFMPEG ?? 'ffmpeg'

/** Runs the real `ffmpeg` to its end. @returns what it has written to `pipe:1`; it fails the test if it says anything */
export function ffmpeg(args: readonly string[], input?: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(FFMPEG, ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    ...(input && { input }),
    maxBuffer: 1e9,
  })
  if (status !== 0 || stderr.length > 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** A folder that is gone after the test. */
export function clipFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belvedere-clip-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A picture that moves, or any other of FFmpeg's sources. */
export const testSource = (size = '160x90', seconds = 2, rate = 25) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
]

/** H.264 with two B-frames between others, a key frame a second. */
export const H264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-x264-params',
  'bframes=2:b-adapt=0:keyint=25:scenecut=0',
  '-pix_fmt',
  'yuv420p',
]

/** What is in a NUT, as inputs pass it on. */
export function packetsOf(nut: Uint8Array): { readonly track: VideoTrack; readonly packets: VideoPacket[] } {
  let track: VideoTrack | undefined
  const packets: VideoPacket[] = []
  const reader = new NutReader(
    {
      video: ({ fourcc, configuration, width, height }) => {
        const codec = codecOf(fourcc)
        if (codec) track ??= { codec, configuration, size: { width, height } }
      },
      frame: ({ bytes, isKey, pts, dts }) => packets.push({ bytes, isKey, pts, dts, arrivedAt: 0 }),
    },
    1e8,
  )
  reader.push(nut)
  if (!track) throw new Error('no video')
  return { track, packets }
}
