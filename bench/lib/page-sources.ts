import { join } from 'node:path'
import type { Size } from '../../src/core/payload.ts'
import { HEIGHT, WIDTH } from './block-code.ts'
import { Program } from './program.ts'
import { type MeasuredServer, PUBLISH_KEY } from './servers.ts'

/** The report of a clock source. */
export interface DrawnClock {
  /** For each picture: the time drawn in it, and when it was encoded and written to the socket, ms since 1970. */
  readonly pictures: readonly (readonly [drawn: number, sent: number])[]
}

const USUAL: Size = { width: WIDTH, height: HEIGHT }

/** Starts a child process that publishes numbered pictures: "camera-1", "camera-2" … of `label`. */
export function startNumbered(
  server: MeasuredServer,
  { label, streams, fps, size = USUAL }: { label: string; streams: number; fps: number; size?: Size },
): Promise<Program> {
  return start('numbered', server, [label, streams, fps, size.width, size.height])
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
