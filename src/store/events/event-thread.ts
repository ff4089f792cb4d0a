import { WorkerCalls } from '../worker-calls.ts'
import type { EventHistory, HistoryMethod, OpenedHistory, OpenHistory } from './event-history.ts'
import { LossMark } from './loss-mark.ts'

/**
 * The history of events in a worker thread (`event-worker.ts`): each method is a call to it. The thread starts
 * with the first call, and again with the next `open` when it ended.
 */
export class EventThread implements EventHistory {
  readonly #calls = new WorkerCalls(new URL('./event-worker.ts', import.meta.url), 'events')
  #mark: Promise<LossMark> | undefined
  /** Whether the process before has lost events, until the history knows of it. */
  #hasLost: boolean | undefined

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
    if (this.#calls.isRunning) {
      await this.#call('close', [isComplete]).catch(() => {})
      await this.#calls.terminate()
    }
    const mark = await this.#mark?.catch(() => undefined)
    await mark?.close()
  }

  #call<Method extends HistoryMethod>(
    method: Method,
    args: Parameters<EventHistory[Method]>,
  ): ReturnType<EventHistory[Method]> {
    return this.#calls.call(method, args) as ReturnType<EventHistory[Method]>
  }
}
