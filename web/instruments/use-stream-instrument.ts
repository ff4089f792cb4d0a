import { useMemo } from 'react'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { fieldsIn } from '../access/json-fields.ts'
import { type InstrumentStatus, instrumentStatusOf } from './instrument-status.ts'
import { usePolled } from './use-polled.ts'

/**
 * A hook: asks every two seconds how the instrument of a stream is doing. Undefined while there is no answer, or the
 * stream is not that of an instrument.
 * @param stream undefined: nothing is asked
 */
export function useStreamInstrument(stream: StreamName | undefined): InstrumentStatus | undefined {
  const { label, key } = stream ?? {}
  const ask = useMemo(() => {
    if (label === undefined || key === undefined) return async () => undefined
    const path = `/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
    return async (signal: AbortSignal): Promise<InstrumentStatus | undefined> => {
      const { instrument } = fieldsIn(await fetchJson(path, { signal }))
      return instrument === undefined ? undefined : instrumentStatusOf(fieldsIn(instrument))
    }
  }, [label, key])
  const { value, failure } = usePolled(ask, INTERVAL_MS)
  // Numbers of which nobody knows whether they still hold are not shown.
  return failure === undefined ? value : undefined
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
