import { join } from 'node:path'
import { FRAME_BYTES } from './picture.ts'
import { Program } from './program.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'

/** Options of a publisher. */
export interface SourceOptions {
  readonly label: string
  /** The number of streams: "camera-0", "camera-1" … */
  readonly streams?: number
  /** Frames per second of each stream; the streams take turns. */
  readonly fps: number
  /** Bytes of each picture. */
  readonly bytes?: number
}

/** Starts a child process that publishes on `/ws/frames`, and waits until every stream has a frame. */
export async function startSource(server: MeasuredServer, options: SourceOptions): Promise<Program> {
  const { label, streams = 1, fps, bytes = FRAME_BYTES } = options
  const path = join(import.meta.dirname, '../programs/source.ts')
  const args = [`http://127.0.0.1:${server.port}`, PUBLISH_KEY, label, streams, fps, bytes]
  const source = new Program(process.execPath, [path, ...args.map(String)])
  await source.line(/^publishing$/)
  return source
}
