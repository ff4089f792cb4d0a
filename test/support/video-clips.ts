import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { Size } from '../../src/core/payload.ts'

const run = promisify(execFile)
const FOLDER = join(import.meta.dirname, '../../dist/test-clips')

/** A short clip: a moving test picture, or a tone. */
export interface ClipKind {
  readonly codec: 'h264' | 'h265' | 'jpeg' | 'aac'
  /** 640 × 360 if left out. */
  readonly size?: Size | undefined
  /** Whether some pictures are sent in another order than they are shown. */
  readonly hasBFrames?: boolean | undefined
  /** Whether each picture is its number in eight upright bars, the lowest bit on the left, white if it is set. */
  readonly isNumbered?: boolean | undefined
}

const NUMBERS = "color=size=16x2:rate=25:duration=4,geq=lum='255*mod(floor(N/pow(2,floor(X/2))),2)':cb=128:cr=128"
const X265 = 'log-level=error:keyint=25:min-keyint=25:scenecut=0:bframes=0'
const ENCODERS: Readonly<Record<ClipKind['codec'], readonly string[]>> = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast'],
  h265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', X265],
  jpeg: ['-c:v', 'mjpeg', '-q:v', '5', '-huffman', 'default', '-color_range', 'pc'],
  aac: ['-c:a', 'aac', '-b:a', '64k'],
}
const FORMATS = { h264: 'h264', h265: 'hevc', jpeg: 'mjpeg', aac: 'adts' } as const

/**
 * Makes a clip with `ffmpeg`, once: 4 s of 25 pictures a second, with a key frame each second.
 * @returns the path of a raw stream; beside it `….json` has the size and the times of each packet, bytes and ns
 */
export async function videoClip({
  codec,
  size = { width: 640, height: 360 },
  hasBFrames,
  isNumbered,
}: ClipKind): Promise<string> {
  const { width, height } = size
  const path = join(FOLDER, `${codec}-${width}x${height}${hasBFrames ? '-b' : ''}${isNumbered ? '-n' : ''}`)
  const isThere = await access(`${path}.json`).then(
    () => true,
    () => false,
  )
  if (isThere) return path
  await mkdir(FOLDER, { recursive: true })
  // Several tests may make it at the same time.
  const own = `${path}-${randomUUID()}`
  const picture = isNumbered
    ? `${NUMBERS},scale=${width}:${height}:flags=neighbor`
    : `testsrc2=size=${width}x${height}:rate=25:duration=4`
  const input = ['-f', 'lavfi', '-i', codec === 'aac' ? 'sine=frequency=440:duration=4' : picture]
  const looks =
    codec === 'aac' ? [] : ['-bf', hasBFrames ? '2' : '0', '-pix_fmt', codec === 'jpeg' ? 'yuvj420p' : 'yuv420p']
  await makeClip(own, { input, encoder: [...(codec === 'aac' ? [] : KEY_FRAMES), ...looks, ...ENCODERS[codec]], codec })
  await rename(own, path)
  await rename(`${own}.json`, `${path}.json`)
  return path
}

/** How `ffmpeg` makes a clip, by its arguments. */
export interface ClipRecipe {
  readonly codec: ClipKind['codec']
  readonly input: readonly string[]
  /** What it reads at `pipe:0`, if that is its input. */
  readonly pictures?: Iterable<Uint8Array>
  readonly encoder: readonly string[]
}

/** A key frame each second of a video with 25 pictures a second. */
export const KEY_FRAMES = ['-g', '25', '-keyint_min', '25', '-sc_threshold', '0'] as const

/** Makes a clip for the RTSP camera: a raw stream, and beside it `….json` as that of `videoClip`. */
export async function makeClip(path: string, { codec, input, pictures = [], encoder }: ClipRecipe): Promise<void> {
  const outputs = `[f=${FORMATS[codec]}]${path}|[f=framecrc]${path}.list`
  const made = run(process.env.BELVEDERE_TEST_FFMPEG ?? 'ffmpeg', [
    ...['-v', 'error', ...input, ...encoder],
    ...['-map', '0', '-f', 'tee', outputs],
  ])
  if (made.child.stdin) await Promise.all([made, pipeline(Readable.from(pictures), made.child.stdin)])
  await writeFile(`${path}.json`, JSON.stringify({ packets: packetsOf(await readFile(`${path}.list`, 'utf8')) }))
  await rm(`${path}.list`)
}

/** What FFmpeg's `framecrc` lists of each packet, from a time of decoding of 0 on. */
function packetsOf(list: string) {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(list) ?? []
  const tick = (Number(numerator) * 1e9) / Number(denominator)
  const rows = list
    .split('\n')
    .filter((line) => /^0,/.test(line))
    .map((line) => line.split(',').map(Number))
  const [, first = 0] = rows[0] ?? []
  return rows.map(([, dts = 0, pts = 0, duration = 0, size = 0]) => ({
    size,
    dts: Math.round((dts - first) * tick),
    pts: Math.round((pts - first) * tick),
    end: Math.round((dts - first + duration) * tick),
  }))
}
