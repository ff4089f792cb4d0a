/**
 * Counts the pulses that are missing in the sequence of pulse ids. A machine may count each pulse or, at a tenth of its
 * rate, every tenth, so the step between two ids is learned: it is the commonest one of the last few.
 */
export class PulseSequence {
  #last: bigint | undefined
  readonly #steps: number[] = []
  #step: number | undefined
  #lost = 0
  #restarts = 0

  /** The last pulse id; undefined before the first one. */
  get last(): bigint | undefined {
    return this.#last
  }

  /** Pulses that did not come. Those of the first few messages, while the step is not known, are not counted. */
  get lost(): number {
    return this.#lost
  }

  /** How often the ids went back, or so far ahead that nobody can have lost so many: the sender counts anew. */
  get restarts(): number {
    return this.#restarts
  }

  /** The next pulse came. One that is repeated changes nothing. */
  take(id: bigint): void {
    const last = this.#last
    this.#last = id
    if (last === undefined || last === id) return
    const difference = Number(id - last)
    if (difference < 0 || difference > LARGEST_GAP * (this.#step ?? 1)) {
      this.#restarts++
      return
    }
    if (this.#step !== undefined) this.#lost += Math.max(0, Math.round(difference / this.#step) - 1)
    this.#learn(difference)
  }

  #learn(difference: number): void {
    this.#steps.push(difference)
    if (this.#steps.length > REMEMBERED) this.#steps.shift()
    // Nearly always the same again: then nothing is counted.
    if (difference !== this.#step && this.#steps.length >= ENOUGH) this.#step = commonest(this.#steps)
  }
}

/** The value that occurs most often; the smallest of several. */
function commonest(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best: number | undefined
  for (const [value, count] of counts) {
    const most = best === undefined ? 0 : (counts.get(best) ?? 0)
    if (count > most || (count === most && best !== undefined && value < best)) best = value
  }
  return best
}

/** Half a second at 100 pulses a second: a sender that changes its rate counts as losing pulses for no longer. */
const REMEMBERED = 32
/** So many steps are known before the commonest of them counts. */
const ENOUGH = 3
/** Nobody has lost so many: 2.8 hours at 100 pulses a second. */
const LARGEST_GAP = 1_000_000
