import { useState } from 'react'
import { type StreamName, streamId } from '../../src/core/stream-name.ts'
import { asProblem } from '../admin/admin-request.ts'
import { useErrorText } from '../admin/use-error-text.ts'

/** What is being done with cameras, and what could not be done. */
export interface RunningActions {
  /** The ids of the cameras of which something is being done. */
  readonly busy: ReadonlySet<string>
  /** Why the last thing could not be done, by the id of the camera. */
  readonly failures: ReadonlyMap<string, string>
  /** Does something with a camera, and keeps the reason if it fails. */
  readonly run: (camera: StreamName, action: () => Promise<void>) => void
}

/** A hook: does things with cameras for which there is no dialog. @param onDone called when one has been done */
export function useCameraActions(onDone: () => void): RunningActions {
  const textOf = useErrorText()
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map())
  const note = (id: string, failure: string | undefined) =>
    setFailures((before) => {
      const after = new Map(before)
      if (failure === undefined) after.delete(id)
      else after.set(id, failure)
      return after
    })
  const run = (camera: StreamName, action: () => Promise<void>) => {
    const id = streamId(camera)
    note(id, undefined)
    setBusy((before) => new Set(before).add(id))
    action()
      .then(onDone, (thrown) => note(id, textOf(asProblem(thrown))))
      .finally(() => setBusy((before) => new Set([...before].filter((one) => one !== id))))
  }
  return { busy, failures, run }
}
