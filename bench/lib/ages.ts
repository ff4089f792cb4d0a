import { quantile } from './statistics.ts'

/** What the page showed in one animation frame. */
export interface Sample {
  /** The time, ms since 1970. */
  readonly now: number
  /** The time drawn in the picture. */
  readonly drawn: number
  /** The age that the page displays, ms. */
  readonly age: number
}

/** The evaluation of samples. All in ms. */
export interface Told {
  readonly samples: number
  /** The error of the displayed age, against the drawn time and against the time of sending. */
  readonly error: Summary
  readonly errorSinceSent: Summary
  /**
   * The latency from the drawn time, and from sending, to the animation frame after the one that first had the picture.
   */
  readonly screen: Summary
  readonly screenSinceSent: Summary
  /** From the drawn time to sending: drawing and encoding. */
  readonly encoding: Summary
}

/** A summary of values, ms. */
export interface Summary {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/**
 * Evaluates samples.
 * @param pages the samples of each page
 * @param sentAt when each picture was sent, by its drawn time
 */
export function told(pages: readonly (readonly Sample[])[], sentAt: ReadonlyMap<number, number>): Told {
  const samples = pages.flat()
  const sent = (drawn: number) => sentAt.get(drawn) ?? Number.NaN
  const arrivals = pages.flatMap((page) =>
    page.flatMap(({ drawn }, i) => {
      const [before, after] = [page[i - 1], page[i + 1]]
      // A page's first picture was there before sampling began.
      return before && after && before.drawn !== drawn ? [{ drawn, at: after.now }] : []
    }),
  )
  return {
    samples: samples.length,
    error: summary(samples.map(({ now, drawn, age }) => Math.abs(now - drawn - age))),
    errorSinceSent: summary(samples.map(({ now, drawn, age }) => Math.abs(now - sent(drawn) - age))),
    screen: summary(arrivals.map(({ drawn, at }) => at - drawn)),
    screenSinceSent: summary(arrivals.map(({ drawn, at }) => at - sent(drawn))),
    encoding: summary(arrivals.map(({ drawn }) => sent(drawn) - drawn)),
  }
}

/** The median, the 95th percentile and the maximum. */
export function summary(values: readonly number[]): Summary {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: Math.max(...values) }
}
