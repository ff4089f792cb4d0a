import { asProblem } from '../admin/admin-request.ts'
import { type Loaded, useLoaded } from '../admin/use-loaded.ts'
import { usePolled } from '../instruments/use-polled.ts'
import { type CameraReading, loadCameras } from './api.ts'

/** A hook: loads the cameras and keeps them up to date. */
export function useCameras(): Loaded<CameraReading> {
  const loaded = useLoaded(loadCameras)
  const { value: polled, failure } = usePolled(loadCameras, INTERVAL_MS)
  // A list that was loaded after a change is newer than the last poll.
  const newest = polled && polled.at > (loaded.value?.at ?? 0) ? polled : loaded.value
  return {
    ...loaded,
    value: newest,
    failure: loaded.failure ?? (failure === undefined ? undefined : asProblem(failure)),
  }
}

/** Between two requests, ms. */
const INTERVAL_MS = 2000
