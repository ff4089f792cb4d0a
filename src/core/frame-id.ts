/**
 * "<milliseconds since 1970>-<sequence>", both decimal without leading zeros: the format of an entry id in a Redis
 * stream (https://redis.io/docs/latest/develop/data-types/streams/#entry-ids). Ascending within a stream.
 */
export type FrameId = `${number}-${number}`

const FORM = /^(0|[1-9]\d{0,15})-(0|[1-9]\d{0,15})$/

/** The two numbers of an id; undefined if the text is not an id. */
export function parseFrameId(text: string): { ms: number; seq: number } | undefined {
  const match = FORM.exec(text)
  return match ? { ms: Number(match[1]), seq: Number(match[2]) } : undefined
}

/** Whether a text is a frame id. */
export function isFrameId(text: string): text is FrameId {
  return FORM.test(text)
}

/**
 * Whether `id` is later than `other`; every id is later than `undefined` or a text that is not an id. A text that is
 * not an id is never later.
 */
export function isAfter(id: FrameId, other: FrameId | undefined): boolean {
  if (!isFrameId(id)) return false
  if (other === undefined || !isFrameId(other)) return true
  // Digit by digit: without leading zeros the longer number is the greater one. Events are compared very often.
  const end = id.indexOf('-')
  const otherEnd = other.indexOf('-')
  if (end !== otherEnd) return end > otherEnd
  if (id.length === other.length) return id > other
  const ms = id.slice(0, end)
  const otherMs = other.slice(0, end)
  return ms === otherMs ? id.length > other.length : ms > otherMs
}

/**
 * The id for something that happens at `now` (ms since 1970) after `last`: always greater, even if the clock was set
 * back.
 */
export function nextFrameId(last: FrameId | undefined, now: number): FrameId {
  const ms = Math.floor(now)
  const previous = last === undefined ? undefined : parseFrameId(last)
  if (!previous || ms > previous.ms) return `${ms}-0`
  return `${previous.ms}-${previous.seq + 1}`
}
