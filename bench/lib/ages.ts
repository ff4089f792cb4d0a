import { quantile } from './statistics.ts'

/** What was seen in one animation frame. */
export interface Sample {
  /** The time, ms since 1970. */
  readonly now: number
  /** The time drawn in the picture. */
  readonly drawn: number
  /** The age that is told, ms. */
  readonly age: number
}

/** What the samples of some pages tell. All in ms. */
export interface Told {
  readonly samples: number
  /** By how much the age told is off, from the time that is drawn, and from when the picture was sent. */
  readonly error: Summary
  readonly errorSinceSent: Summary
  /** From the time drawn, and from sending, to the frame of the screen behind the one in which the picture was there. */
  readonly screen: Summary
  readonly screenSinceSent: Summary
  /** From the time drawn to sending: drawing and encoding. */
  readonly encoding: Summary
}

/** Of many values, ms. */
export interface Summary {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** @param pages the samples of each page @param sentAt when each picture was sent, by the time that is drawn in it */
export function told(pages: readonly (readonly Sample[])[], sentAt: ReadonlyMap<number, number>): Told {
  const samples = pages.flat()
  const sent = (drawn: number) => sentAt.get(drawn) ?? Number.NaN
  const arrivals = pages.flatMap((page) =>
    page.flatMap(({ drawn }, i) => {
      const [before, after] = [page[i - 1], page[i + 1]]
      // The first of a page was there before anybody looked.
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

/** The middle, what one of twenty is above, the largest. */
export function summary(values: readonly number[]): Summary {
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: Math.max(...values) }
}
