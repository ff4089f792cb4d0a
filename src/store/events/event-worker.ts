/*
 * The worker thread of the history of events: commits wait for the disk, which must not hold up the event loop of the
 * server. Imported anywhere else it does nothing.
 */
import { isMainThread, parentPort } from 'node:worker_threads'
import { answerCalls } from '../worker-calls.ts'
import { EventFile } from './event-file.ts'
import type { HistoryCall } from './event-history.ts'
import { isDamage } from './event-rows.ts'

if (!isMainThread && parentPort) {
  let file: EventFile | undefined
  answerCalls(parentPort, {
    execute({ method, args }: HistoryCall): unknown {
      if (method === 'open') {
        file?.close()
        file = undefined
        const { file: made, opened } = EventFile.open(...args)
        file = made
        return opened
      }
      if (method === 'close') {
        file?.close(...args)
        file = undefined
        return undefined
      }
      if (!file) throw new Error('the history is not open')
      switch (method) {
        case 'append':
          return file.append(...args)
        case 'read':
          return file.read(...args)
        case 'find':
          return file.find(...args)
        case 'acknowledge':
          return file.acknowledge(...args)
        case 'check':
          return file.check(...args)
        case 'expire':
          return file.expire(...args)
      }
    },
    isUnusable: (error) => !file || isDamage(error),
  })
}
