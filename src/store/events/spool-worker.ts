/*
 * The worker thread of the spool: commits wait for the disk, which must not hold up the event loop of the server. Imported
 * anywhere else it does nothing.
 */
import { isMainThread, parentPort } from 'node:worker_threads'
import { answerCalls } from '../worker-calls.ts'
import type { SpoolCall } from './event-spool.ts'
import { SpoolFile } from './spool-file.ts'

if (!isMainThread && parentPort) {
  let file: SpoolFile | undefined
  answerCalls(parentPort, {
    execute({ method, args }: SpoolCall): unknown {
      if (method === 'open') {
        file?.close()
        file = undefined
        file = new SpoolFile(...args)
        return undefined
      }
      if (!file) throw new Error('the spool is not open')
      switch (method) {
        case 'add':
          return file.add(...args)
        case 'oldest':
          return file.oldest(...args)
        case 'remove':
          return file.remove(...args)
        case 'close':
          file.close()
          file = undefined
          return undefined
      }
    },
    isUnusable: () => !file,
  })
}
