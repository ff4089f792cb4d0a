import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects all garbage, so that a `WeakRef` tells whether something is still held. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  // What a `WeakRef` was asked for is kept until the end of the turn.
  await new Promise(setImmediate)
  collect()
}
