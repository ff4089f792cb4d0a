import { useMemo } from 'react'
import type { StreamName } from '../../src/core/stream-name.ts'
import { fetchJson } from '../access/fetch-json.ts'
import { fieldsIn } from '../access/json-fields.ts'
import { usePolled } from '../instruments/use-polled.ts'
import { type CameraStatus, cameraStatusOf } from './camera-status.ts'

/**
 * A hook: how the camera of a stream is doing, asked every two seconds. Undefined while there is no answer, or the stream is
 * not that of a camera, which is asked seldom.
 * @param stream undefined: nothing is asked
 */
export function useStreamCamera(stream: StreamName | undefined): CameraStatus | undefined {
  const { label, key } = stream ?? {}
  const ask = useMemo(() => {
    if (label === undefined || key === undefined) return async () => undefined
    const path = `/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}`
    return async (signal: AbortSignal): Promise<CameraStatus | undefined> => {
      const { camera } = fieldsIn(await fetchJson(path, { signal }))
      return camera === undefined ? undefined : cameraStatusOf(fieldsIn(camera))
    }
  }, [label, key])
  const polled = usePolled<CameraStatus | undefined>(ask, intervalAfter)
  // Numbers of which nobody knows whether they still hold are not shown.
  return polled.failure === undefined ? polled.value : undefined
}

function intervalAfter(camera: CameraStatus | undefined): number {
  return camera ? INTERVAL_MS : SELDOM_MS
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
/** Whether it has become a camera, ms. */
const SELDOM_MS = 20_000
