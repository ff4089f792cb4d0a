import type { VideoPacket } from '../../../core/video.ts'

/**
 * Whether the packets of a run of HLS segments still come when their times say. The camera's clock and ours drift apart, so
 * that after hours a segment is not there yet when it is to be shown, and soon all of it comes at once. From then on it is
 * to be shown later: by a new run.
 */
export class RunPace {
  /** How long after its time the most punctual packet has come, ms; from an arbitrary zero. */
  #least = Infinity
  #isLate = false

  get isLate(): boolean {
    return this.#isLate
  }

  packet({ arrivedAt, dts }: VideoPacket): void {
    const delay = arrivedAt - dts / 1_000
    this.#least = Math.min(this.#least, delay)
    this.#isLate ||= delay - this.#least > LATE_MS
  }
}

/** More than a busy machine is late by, and hardly seen. */
const LATE_MS = 400
