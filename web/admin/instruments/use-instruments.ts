import { usePolled } from '../../instruments/use-polled.ts'
import { asProblem } from '../admin-request.ts'
import { type Loaded, useLoaded } from '../use-loaded.ts'
import { type InstrumentReading, type ListedInstrument, loadInstruments } from './api.ts'

/** The instruments, up to date. */
export interface LiveInstruments {
  /** The list as it was loaded first, or after a change. */
  readonly loaded: Loaded<InstrumentReading>
  readonly instruments: readonly ListedInstrument[]
}

/** A hook: loads the instruments and keeps their status up to date. */
export function useInstruments(): LiveInstruments {
  const loaded = useLoaded(loadInstruments)
  const { value: polled, failure } = usePolled(loadInstruments, INTERVAL_MS)
  // A list that was loaded after a change is newer than the last poll.
  const newest = polled && polled.at > (loaded.value?.at ?? 0) ? polled : loaded.value
  return {
    loaded: { ...loaded, failure: loaded.failure ?? (failure === undefined ? undefined : asProblem(failure)) },
    instruments: newest?.instruments ?? [],
  }
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
