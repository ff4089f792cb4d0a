import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Clock } from '../core/clock.ts'

/** How long, after its end, what a program has written may take to arrive, ms. */
const DRAIN_MS = 500

/** Waits, after its end, until all that a program has written was read. What has left its process group may hold the pipes open. */
export async function drained(child: ChildProcess, pipes: readonly Readable[], clock: Clock): Promise<void> {
  if (!pipes.every(({ closed }) => closed)) {
    const { promise: isClosed, resolve } = Promise.withResolvers<void>()
    child.once('close', resolve)
    const cancel = clock.after(DRAIN_MS, resolve)
    await isClosed
    cancel()
  }
  for (const pipe of pipes) pipe.destroy()
}
