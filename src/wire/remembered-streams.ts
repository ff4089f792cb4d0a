import type { Size } from '../core/payload.ts'
import type { RememberedStream } from '../core/remembered-stream.ts'
import { STREAM_STARTS, type StreamStart } from '../core/stream-condition.ts'
import { isName } from '../core/stream-name.ts'

/** The text of the file in which the server remembers its streams: JSON, a line for each stream, for people to read. */
export function encodeRemembered(streams: readonly RememberedStream[]): string {
  const lines = streams.map(({ name: { label, key }, start, lastSeenAt, size }) =>
    JSON.stringify({ label, key, start, last_seen_at: Math.round(lastSeenAt), ...size }),
  )
  return `{"version":${VERSION},"streams":[\n${lines.join(',\n')}\n]}\n`
}

/**
 * Reads that text. What is wrong with a single stream costs only that one.
 * @returns undefined if it is no such text at all
 */
export function decodeRemembered(text: string): RememberedStream[] | undefined {
  const { version, streams } = fieldsOf(parsed(text))
  if (version !== VERSION || !Array.isArray(streams)) return undefined
  return streams.flatMap((stream) => rememberedIn(fieldsOf(stream)) ?? [])
}

const VERSION = 1

type Fields = Readonly<Record<string, unknown>>

function rememberedIn({ label, key, start, last_seen_at: lastSeenAt, width, height }: Fields) {
  if (!isName(label) || !isName(key) || !isStart(start)) return undefined
  if (typeof lastSeenAt !== 'number' || !Number.isSafeInteger(lastSeenAt) || lastSeenAt < 0) return undefined
  const size = start === 'newest' ? sizeIn(width, height) : undefined
  return { name: { label, key }, start, lastSeenAt, size } satisfies RememberedStream
}

function isStart(value: unknown): value is StreamStart {
  return STREAM_STARTS.some((start) => start === value)
}

function sizeIn(width: unknown, height: unknown): Size | undefined {
  return isLength(width) && isLength(height) ? { width, height } : undefined
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
