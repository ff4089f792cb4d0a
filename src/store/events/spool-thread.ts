import { WorkerCalls } from '../worker-calls.ts'
import type { EventSpool, SpoolMethod } from './event-spool.ts'

/** The spool in a worker thread (`spool-worker.ts`): each method is a call to it. */
export class SpoolThread implements EventSpool {
  readonly #calls = new WorkerCalls(new URL('./spool-worker.ts', import.meta.url), 'spool')

  open: EventSpool['open'] = (...args) => this.#call('open', args)
  add: EventSpool['add'] = (...args) => this.#call('add', args)
  oldest: EventSpool['oldest'] = (...args) => this.#call('oldest', args)
  remove: EventSpool['remove'] = (...args) => this.#call('remove', args)

  async close(): Promise<void> {
    if (!this.#calls.isRunning) return
    await this.#call('close', []).catch(() => {})
    await this.#calls.terminate()
  }

  #call<Method extends SpoolMethod>(
    method: Method,
    args: Parameters<EventSpool[Method]>,
  ): ReturnType<EventSpool[Method]> {
    return this.#calls.call(method, args) as ReturnType<EventSpool[Method]>
  }
}
