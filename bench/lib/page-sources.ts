import { join } from 'node:path'
import { HEIGHT, WIDTH } from './block-code.ts'
import { Program } from './program.ts'
import { QUALITY } from './scene.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'

/** The report of a clock source. */
export interface DrawnClock {
  /** For each picture: the time drawn in it, and when it was encoded and written to the socket, ms since 1970. */
  readonly pictures: readonly (readonly [drawn: number, sent: number])[]
}

/** The size of pictures, and their JPEG quality. */
interface PictureSize {
  readonly width: number
  readonly height: number
  readonly quality: number
}

const USUAL: PictureSize = { width: WIDTH, height: HEIGHT, quality: QUALITY }

/** Starts a child process that publishes numbered pictures: "camera-1", "camera-2" … of `label`. */
export function startNumbered(
  server: MeasuredServer,
  { label, streams, fps, size = USUAL }: { label: string; streams: number; fps: number; size?: PictureSize },
): Promise<Program> {
  return start('numbered', server, [label, streams, fps, size.width, size.height, size.quality])
}

/** Starts a child process that publishes pictures of the current time. */
export function startClock(
  server: MeasuredServer,
  { label, key, fps }: { label: string; key: string; fps: number },
): Promise<Program> {
  return start('clock', server, [label, key, fps])
}

async function start(name: string, server: MeasuredServer, args: readonly (string | number)[]): Promise<Program> {
  const path = join(import.meta.dirname, '../programs', `${name}.ts`)
  const url = `http://127.0.0.1:${server.port}`
  const source = new Program(process.execPath, [path, url, PUBLISH_KEY, ...args.map(String)])
  await source.line(/^publishing/)
  return source
}
