import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FRAME_BYTES } from './picture.ts'
import { Program } from './program.ts'
import { type MeasuredServer, startBelvedere } from './servers.ts'
import type { SourceOptions } from './source.ts'
import { freePort, type Workshop } from './workshop.ts'

/** A Redis under measurement, in a child process. */
export interface MeasuredRedis {
  readonly url: string
  readonly program: Program
}

/** Starts Debian's Redis, which keeps everything in memory alone. */
export async function startRedis(workshop: Workshop): Promise<MeasuredRedis> {
  const port = await freePort()
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', workshop.folder]
  const program = new Program('redis-server', [...where, '--save', '', '--appendonly', 'no'])
  await program.line(/Ready to accept connections/)
  return { url: `redis://127.0.0.1:${port}`, program }
}

/** Starts Belvedere with that Redis. */
export function startNode(workshop: Workshop, { url }: MeasuredRedis): Promise<MeasuredServer> {
  return startBelvedere(workshop, { flags: ['--redis.url', url] })
}

/**
 * Starts a child process that writes frames into Redis as the detection hub's programs do, and waits until every stream
 * has one.
 */
export async function startRedisSource({ url }: MeasuredRedis, options: SourceOptions): Promise<Program> {
  const { label, streams = 1, fps, bytes = FRAME_BYTES } = options
  const path = join(import.meta.dirname, '../programs/redis-source.ts')
  const source = new Program(process.execPath, [path, url, label, ...[streams, fps, bytes].map(String)])
  await source.line(/^publishing$/)
  return source
}

/** Waits until a server lists so many streams. @throws Error after half a minute */
export async function untilListed({ port }: MeasuredServer, streams: number): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    const response = await fetch(`http://127.0.0.1:${port}/streams`)
    const listed: unknown = await response.json()
    if (countIn(listed) >= streams) return
    await sleep(100)
  }
  throw new Error(`the server does not list ${streams} streams`)
}

function countIn(answer: unknown): number {
  const { streams } = Object(answer)
  return Array.isArray(streams) ? streams.length : 0
}
