import { useMemo } from 'react'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { fieldsIn } from '../access/json-fields.ts'
import { type InstrumentStatus, instrumentStatusOf } from './instrument-status.ts'
import { type ByteReading, throughput } from './throughput.ts'
import { usePolled } from './use-polled.ts'

/** How the instrument of a stream is doing. */
export interface StreamInstrument extends InstrumentStatus {
  /** Undefined while it is not known. */
  readonly bytesPerSecond: number | undefined
}

interface Reading extends InstrumentStatus, ByteReading {}

/**
 * A hook: asks every two seconds how the instrument of a stream is doing.
 * @param stream must be the same object each time
 * @param isInstruments whether the stream is known to be that of an instrument; if not, nothing is asked
 */
export function useStreamInstrument({ label, key }: StreamName, isInstruments: boolean): StreamInstrument | undefined {
  const ask = useMemo(() => {
    if (!isInstruments) return undefined
    const path = `/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
    return async (signal: AbortSignal): Promise<Reading | undefined> => {
      const { instrument } = fieldsIn(await fetchJson(path, { signal }))
      return instrument === undefined
        ? undefined
        : { ...instrumentStatusOf(fieldsIn(instrument)), at: performance.now() }
    }
  }, [label, key, isInstruments])
  const { value, before } = usePolled(ask, INTERVAL_MS)
  return value && { ...value, bytesPerSecond: throughput(before, value) }
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
