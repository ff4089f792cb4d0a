import { throughput } from '../../instruments/throughput.ts'
import { usePolled } from '../../instruments/use-polled.ts'
import { asProblem } from '../admin-request.ts'
import { type Loaded, useLoaded } from '../use-loaded.ts'
import { type InstrumentReading, type ListedInstrument, loadInstruments } from './api.ts'

/** The instruments, up to date. */
export interface LiveInstruments {
  /** The list as it was loaded first, or after a change. */
  readonly loaded: Loaded<InstrumentReading>
  readonly instruments: readonly ListedInstrument[]
  /** The data rate of an instrument; undefined while it is not known. */
  readonly bytesPerSecond: (instrument: ListedInstrument) => number | undefined
}

/** A hook: loads the instruments and keeps their status up to date. */
export function useInstruments(): LiveInstruments {
  const loaded = useLoaded(loadInstruments)
  const { value: polled, before, failure } = usePolled(loadInstruments, INTERVAL_MS)
  // A list that was loaded after a change is newer than the last poll.
  const newest = polled && polled.at > (loaded.value?.at ?? 0) ? polled : loaded.value
  return {
    loaded: { ...loaded, failure: loaded.failure ?? (failure === undefined ? undefined : asProblem(failure)) },
    instruments: newest?.instruments ?? [],
    bytesPerSecond({ name, bytes }) {
      const earlier = before?.instruments.find((each) => each.name === name)
      if (!polled || !earlier || newest !== polled) return undefined
      return throughput({ bytes: earlier.bytes, at: before?.at ?? 0 }, { bytes, at: polled.at })
    },
  }
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
