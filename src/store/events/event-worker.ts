/*
 * The worker thread of the history of events: commits wait for the disk, which must not hold up the event loop of the
 * server. Imported anywhere else it does nothing.
 */
import { isMainThread, type MessagePort, parentPort } from 'node:worker_threads'
import { messageOf } from '../../core/errors.ts'
import { EventFile } from './event-file.ts'
import type { HistoryAnswer, HistoryCall } from './event-history.ts'
import { isDamage } from './event-rows.ts'

if (!isMainThread && parentPort) work(parentPort)

function work(port: MessagePort): void {
  let file: EventFile | undefined
  const execute = ({ method, args }: HistoryCall): unknown => {
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
  }
  port.on('message', (call: HistoryCall) => {
    let answer: HistoryAnswer
    try {
      answer = { number: call.number, result: execute(call) }
    } catch (error) {
      answer = { number: call.number, error: messageOf(error), isUnusable: !file || isDamage(error) }
    }
    port.postMessage(answer)
  })
}
