import { join } from 'node:path'
import { KEY_FRAMES, makeClip } from '../../test/support/video-clips.ts'
import { codeLayout, drawCode } from './block-code.ts'
import { Program } from './program.ts'
import { drawScene } from './scene.ts'
import { freePort, type Workshop } from './workshop.ts'

/** The video of each camera: as many home and office cameras have it. */
export const CAMERA = { width: 1280, height: 720, fps: 25, what: '720p25' } as const
/** How far apart its key frames are, ms. */
export const KEY_FRAME_MS = 1000
/** Pictures of its clip, each with its number: 8 s, then it begins anew. */
export const NUMBERED_PICTURES = 200
/** Where that number is in a picture. */
export const NUMBERED_CAMERA = codeLayout(8, CAMERA.width, CAMERA.height)

/** How far the scene moves to and fro, pixels. */
const MOTION = 96
const BITRATE = '2500k'
const SCRIPT = join(import.meta.dirname, '../../test/fixtures/rtsp_camera.py')

/** Cameras over RTSP in one process, which encodes nothing. */
export interface RtspCameras {
  /** "rtsp://127.0.0.1:8554/1". */
  readonly urls: readonly string[]
  readonly program: Program
}

/** Starts cameras that all show the same numbered clip, each at its own time. */
export async function startRtspCameras(workshop: Workshop, count: number): Promise<RtspCameras> {
  const video = await numberedClip(workshop)
  const port = await freePort()
  const paths = Array.from({ length: count }, (_, i) => `/${i + 1}`)
  const streams = paths.map((path) => ({ path, codec: 'h264', video }))
  const python = process.env.BELVEDERE_TEST_GSTREAMER_PYTHON ?? '/usr/bin/python3'
  const program = new Program(python, [SCRIPT, JSON.stringify({ port, streams })], { input: 'pipe' })
  await program.line(/"listening"/)
  return { urls: paths.map((path) => `rtsp://127.0.0.1:${port}${path}`), program }
}

/** H.264 of 2.5 Mb/s, without B-frames, as cameras send it: a scene with much detail that moves. */
async function numberedClip({ folder }: Workshop): Promise<string> {
  const path = join(folder, 'numbered-clip')
  const { width, height, fps } = CAMERA
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0']
  const rate = ['-b:v', BITRATE, '-maxrate', BITRATE, '-bufsize', BITRATE]
  const encoder = [...KEY_FRAMES, '-bf', '0', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast', ...rate]
  await makeClip(path, { codec: 'h264', input, pictures: numberedPictures(), encoder })
  return path
}

function* numberedPictures(): Generator<Uint8Array> {
  const { width, height } = CAMERA
  const scene = drawScene(width + MOTION, height)
  const canvas = drawScene(width, height)
  const context = canvas.getContext('2d')
  for (let number = 0; number < NUMBERED_PICTURES; number++) {
    const at = (MOTION / 2) * (1 + Math.sin((2 * Math.PI * number) / NUMBERED_PICTURES))
    context.drawImage(scene, -at, 0)
    drawCode(context, NUMBERED_CAMERA, number)
    yield Buffer.from(context.getImageData(0, 0, width, height).data.buffer)
  }
}
