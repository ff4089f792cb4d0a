/*
 * A thread in the place of `scaler-worker.ts` that takes two seconds to load, inside native code as far as its owner knows.
 */
import { isMainThread } from 'node:worker_threads'

if (!isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
