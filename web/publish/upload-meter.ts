/** What was sent in the last seconds. */
export interface UploadRate {
  /** Pictures a second. */
  readonly rate: number
  /** Of a picture, on average. */
  readonly bytes: number
  readonly bitsPerSecond: number
}

/** Measures what is sent, over the last three seconds. */
export class UploadMeter {
  #sent: { readonly at: number; readonly bytes: number }[] = []
  #since: number | undefined

  /** A picture was sent at `now` (ms, of a clock that does not go back). */
  add(now: number, bytes: number): void {
    this.#since ??= now
    this.#sent.push({ at: now, bytes })
    this.#forget(now)
  }

  /** As of `now`; undefined before there is anything to tell. */
  read(now: number): UploadRate | undefined {
    this.#forget(now)
    if (this.#since === undefined || now - this.#since < LEAST_MS) return undefined
    const rate = this.#rate(now)
    const bytes = this.#sent.reduce((sum, each) => sum + each.bytes, 0) / Math.max(1, this.#sent.length)
    return { rate, bytes, bitsPerSecond: rate * bytes * 8 }
  }

  /** By the time between the pictures, so that it does not depend on where the span begins. */
  #rate(now: number): number {
    const [first] = this.#sent
    const last = this.#sent.at(-1)
    const perSpan = (this.#sent.length * 1000) / SPAN_MS
    if (!first || !last || first === last) return perSpan
    const interval = (last.at - first.at) / (this.#sent.length - 1)
    return now - last.at < 2 * interval ? 1000 / interval : perSpan
  }

  #forget(now: number): void {
    this.#sent = this.#sent.filter(({ at }) => at > now - SPAN_MS)
  }
}

const SPAN_MS = 3000
const LEAST_MS = 1000
