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
 * A hook: asks every two seconds how the instrument of a stream is doing. Undefined while there is no answer, or the
 * stream is not that of an instrument.
 */
export function useStreamInstrument({ label, key }: StreamName): StreamInstrument | undefined {
  const ask = useMemo(() => {
    const path = `/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
    return async (signal: AbortSignal): Promise<Reading | undefined> => {
      const { instrument } = fieldsIn(await fetchJson(path, { signal }))
      return instrument === undefined
        ? undefined
        : { ...instrumentStatusOf(fieldsIn(instrument)), at: performance.now() }
    }
  }, [label, key])
  const { value, before, failure } = usePolled(ask, INTERVAL_MS)
  // Numbers of which nobody knows whether they still hold are not shown.
  if (!value || failure !== undefined) return undefined
  return { ...value, bytesPerSecond: throughput(before, value) }
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
