import { type MessagePort, Worker } from 'node:worker_threads'
import { messageOf } from '../core/errors.ts'

/** What runs in the thread cannot be used until it is opened again: its file is damaged, or the thread has ended. */
export class WorkerUnusable extends Error {}

/** A call, as it is sent to a worker thread. */
interface Call {
  readonly number: number
  readonly method: string
  readonly args: readonly unknown[]
}

/** The answer to the call with that number. */
type Answer =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: string; readonly isUnusable: boolean }

/** Calls to a worker thread (remote procedure calls), which starts with the first one, and again when it ended. */
export class WorkerCalls {
  readonly #url: URL
  readonly #name: string
  readonly #pending = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #worker: Worker | undefined
  #calls = 0

  /** @param name of the thread */
  constructor(url: URL, name: string) {
    this.#url = url
    this.#name = name
  }

  get isRunning(): boolean {
    return this.#worker !== undefined
  }

  /** @throws Error as in the thread; WorkerUnusable */
  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const number = this.#calls++
    const worker = this.#worker ?? this.#start()
    const answer = new Promise((resolve, reject) => this.#pending.set(number, { resolve, reject }))
    // Idle, it does not keep the process alive.
    worker.ref()
    worker.postMessage({ number, method, args } satisfies Call)
    return answer
  }

  async terminate(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { name: this.#name })
    this.#worker = worker
    let reason = 'its thread ended'
    worker.on('message', (answer: Answer) => {
      const pending = this.#pending.get(answer.number)
      this.#pending.delete(answer.number)
      if (this.#pending.size === 0) worker.unref()
      if ('result' in answer) pending?.resolve(answer.result)
      else pending?.reject(answer.isUnusable ? new WorkerUnusable(answer.error) : new Error(answer.error))
    })
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    worker.on('exit', () => {
      this.#worker = undefined
      for (const { reject } of this.#pending.values()) reject(new WorkerUnusable(reason))
      this.#pending.clear()
    })
    return worker
  }
}

/** What a worker thread does when it is called. */
export interface WorkerService<Method> {
  readonly execute: (call: Method) => unknown
  /** Whether after that error it has to be opened again. */
  readonly isUnusable: (error: unknown) => boolean
}

/** In the thread: answers the calls of `WorkerCalls`. */
export function answerCalls<Method>(port: MessagePort, { execute, isUnusable }: WorkerService<Method>): void {
  port.on('message', (call: Method & Pick<Call, 'number'>) => {
    let answer: Answer
    try {
      answer = { number: call.number, result: execute(call) }
    } catch (error) {
      answer = { number: call.number, error: messageOf(error), isUnusable: isUnusable(error) }
    }
    port.postMessage(answer)
  })
}
