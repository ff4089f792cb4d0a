import { useEffect, useState } from 'react'
import type { Measurement } from '../live/measurements.ts'

/** How long values are shown at least, ms: as on the watch page, nobody reads more of them. */
const SHOWN_MS = 250

/** A hook: the measurements of the newest picture, at most four times a second. @returns them and their setter */
export function useMeasurements(): [readonly Measurement[], (latest: readonly Measurement[]) => void] {
  const [pace] = useState(() => new MeasurementPace())
  const [measurements, setMeasurements] = useState<readonly Measurement[]>([])
  useEffect(() => pace.open(setMeasurements), [pace])
  return [measurements, pace.take]
}

class MeasurementPace {
  #latest: readonly Measurement[] = []
  #shown = this.#latest
  #timer: ReturnType<typeof setTimeout> | undefined
  #show: ((measurements: readonly Measurement[]) => void) | undefined

  open(show: (measurements: readonly Measurement[]) => void): () => void {
    this.#show = show
    return () => {
      this.#show = undefined
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  readonly take = (latest: readonly Measurement[]): void => {
    this.#latest = latest
    if (this.#timer === undefined) this.#update()
  }

  #update(): void {
    this.#timer = undefined
    if (areSame(this.#shown, this.#latest)) return
    this.#shown = this.#latest
    this.#show?.(this.#shown)
    this.#timer = setTimeout(() => this.#update(), SHOWN_MS)
  }
}

function areSame(a: readonly Measurement[], b: readonly Measurement[]): boolean {
  return a.length === b.length && a.every(({ name, text }, i) => name === b[i]?.name && text === b[i].text)
}
