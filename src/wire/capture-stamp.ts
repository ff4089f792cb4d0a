/**
 * When a picture was captured, by the headers that cameras send along with it: `X-Timestamp` (mjpg-streamer, µStreamer, this
 * server), `X-SendTimestamp`. They are seconds since 1970, or ms, or µs; what is no plausible time of day is none, as some
 * count from their start.
 * @param headers names in lower case
 * @returns ms since 1970
 */
export function captureStamp(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get('x-timestamp') ?? headers.get('x-sendtimestamp') ?? ''
  if (!/^\d{9,17}(?:\.\d{1,9})?$/.test(text)) return undefined
  const number = Number(text)
  return UNITS.map((unit) => number * unit).find((time) => time >= EARLIEST && time < LATEST)
}

/** Seconds, milliseconds, microseconds, in ms. */
const UNITS = [1_000, 1, 0.001]
const EARLIEST = Date.UTC(2010, 0)
const LATEST = Date.UTC(2100, 0)
