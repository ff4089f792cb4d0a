import { useEffect, useMemo, useState } from 'react'
import { streamId } from '../../src/core/stream-name.ts'
import type { LiveStream } from '../../src/wire/live-messages.ts'
import { byStream, type ListedCamera, loadCameras } from './api.ts'

/**
 * A hook: the cameras of streams that have stopped, by the ids of the streams. The server is only asked when there are such
 * streams, and again when something changes about them, as many pages may be open on one wall.
 */
export function useTroubledCameras(streams: readonly LiveStream[]): ReadonlyMap<string, ListedCamera> {
  const [cameras, setCameras] = useState<ReadonlyMap<string, ListedCamera>>(NONE)
  const troubles = useMemo(
    () =>
      JSON.stringify(streams.filter(hasStopped).map((stream) => [streamId(stream), stream.state, stream.reason ?? ''])),
    [streams],
  )
  useEffect(() => {
    if (troubles === '[]') return undefined
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      loadCameras(gone.signal).then(
        (reading) => setCameras(byStream(reading.cameras)),
        () => {
          if (!gone.signal.aborted) timer = setTimeout(ask, AGAIN_MS)
        },
      )
    }
    // Changes of several streams often come together.
    timer = setTimeout(ask, SETTLE_MS)
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [troubles])
  return troubles === '[]' ? NONE : cameras
}

function hasStopped({ state }: LiveStream): boolean {
  return state === 'stale' || state === 'offline'
}

const NONE: ReadonlyMap<string, ListedCamera> = new Map()
const SETTLE_MS = 300
/** After a request that failed, ms. */
const AGAIN_MS = 15_000
