import { Worker } from 'node:worker_threads'
import { messageOf } from '../../core/errors.ts'
import {
  type EventHistory,
  type HistoryAnswer,
  type HistoryMethod,
  HistoryUnusable,
  type OpenedHistory,
  type OpenHistory,
} from './event-history.ts'
import { LossMark } from './loss-mark.ts'

/**
 * The history of events in a worker thread (`event-worker.ts`): each method is a call to it. The thread starts
 * with the first call, and again with the next `open` when it ended.
 */
export class EventThread implements EventHistory {
  #worker: Worker | undefined
  #mark: Promise<LossMark> | undefined
  /** Whether the process before has lost events, until the history knows of it. */
  #hasLost: boolean | undefined
  readonly #pending = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #calls = 0

  append: EventHistory['append'] = (...args) => this.#call('append', args)
  read: EventHistory['read'] = (...args) => this.#call('read', args)
  find: EventHistory['find'] = (...args) => this.#call('find', args)
  acknowledge: EventHistory['acknowledge'] = (...args) => this.#call('acknowledge', args)
  check: EventHistory['check'] = (...args) => this.#call('check', args)
  expire: EventHistory['expire'] = (...args) => this.#call('expire', args)

  async open(how: OpenHistory): Promise<OpenedHistory> {
    this.#mark ??= LossMark.open(`${how.path}-unstored`)
    const mark = await this.#mark.catch((error) => {
      this.#mark = undefined
      throw error
    })
    this.#hasLost ??= mark.isSet
    const opened = await this.#call('open', [{ ...how, hasLost: this.#hasLost }])
    this.#hasLost = false
    return opened
  }

  /** Not in the thread, which may be waiting for the disk. */
  async noteLoss(isLost: boolean): Promise<void> {
    const mark = await this.#mark
    await mark?.set(isLost)
  }

  async close(isComplete: boolean): Promise<void> {
    if (this.#worker) {
      await this.#call('close', [isComplete]).catch(() => {})
      await this.#worker?.terminate()
    }
    const mark = await this.#mark?.catch(() => undefined)
    await mark?.close()
  }

  #call<Method extends HistoryMethod>(
    method: Method,
    args: Parameters<EventHistory[Method]>,
  ): ReturnType<EventHistory[Method]> {
    const number = this.#calls++
    const worker = this.#worker ?? this.#start()
    const answer = new Promise<never>((resolve, reject) => this.#pending.set(number, { resolve, reject }))
    // Idle, it does not keep the process alive.
    worker.ref()
    worker.postMessage({ number, method, args })
    return answer as ReturnType<EventHistory[Method]>
  }

  #start(): Worker {
    const worker = new Worker(new URL('./event-worker.ts', import.meta.url), { name: 'events' })
    this.#worker = worker
    let reason = 'its thread ended'
    worker.on('message', (answer: HistoryAnswer) => {
      const pending = this.#pending.get(answer.number)
      this.#pending.delete(answer.number)
      if (this.#pending.size === 0) worker.unref()
      if ('result' in answer) pending?.resolve(answer.result as never)
      else pending?.reject(answer.isUnusable ? new HistoryUnusable(answer.error) : new Error(answer.error))
    })
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    worker.on('exit', () => {
      this.#worker = undefined
      for (const { reject } of this.#pending.values()) reject(new HistoryUnusable(reason))
      this.#pending.clear()
    })
    return worker
  }
}
