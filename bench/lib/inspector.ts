import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Program } from './program.ts'

/** The result of `process.memoryUsage()`, in bytes. */
export interface MemoryUsage {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
}

/** Node's flag that allows an Inspector to attach. */
export const INSPECTABLE = '--inspect=127.0.0.1:0'

/**
 * Reads figures of a running server through Node's inspector: its memory, after a garbage collection (otherwise most of
 * it would be unreachable pictures), and how long its event loop is blocked.
 */
export class Inspector {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (result: unknown) => void>()
  #last = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const { id, result } = JSON.parse(data.toString())
      this.#waiting.get(id)?.(result)
      this.#waiting.delete(id)
    })
  }

  /** @param program a Node process started with INSPECTABLE */
  static async attach(program: Program): Promise<Inspector> {
    const [, url = ''] = await program.line(/Debugger listening on (ws:\S+)/)
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new Inspector(socket)
  }

  async memory(): Promise<MemoryUsage> {
    // The second collection frees what only finalizers kept alive.
    await this.#call('HeapProfiler.collectGarbage')
    await this.#call('HeapProfiler.collectGarbage')
    return JSON.parse(await this.#evaluate('JSON.stringify(process.memoryUsage())'))
  }

  /** Begins to measure how late the event loop is, which is how long it is blocked. */
  async watchDelay(): Promise<void> {
    await this.#evaluate(`
      globalThis.benchDelay?.disable()
      globalThis.benchDelay = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 1 })
      String(benchDelay.enable())`)
  }

  /** The longest delay of the event loop since `watchDelay`, ms. */
  async longestDelay(): Promise<number> {
    return Number(await this.#evaluate('String(benchDelay.max / 1e6)'))
  }

  /** The delay of the event loop since `watchDelay` that one in a hundred exceeds, ms. */
  async usualDelay(): Promise<number> {
    return Number(await this.#evaluate('String(benchDelay.percentile(99) / 1e6)'))
  }

  /**
   * Begins to measure how much CPU time the event loop's thread uses between two runs of a timer that is due each
   * millisecond. No task in between took more; unlike a delay it does not grow where other processes have the processor.
   */
  async watchTasks(): Promise<void> {
    await this.#evaluate(`{
      clearInterval(globalThis.benchTasks?.timer)
      globalThis.benchTasks?.observer.disconnect()
      const time = () => {
        const { user, system } = process.threadCpuUsage()
        return (user + system) / 1000
      }
      const { PerformanceObserver } = process.getBuiltinModule('node:perf_hooks')
      const tasks = { spans: [], collections: [] }
      let last = { at: performance.now(), used: time() }
      tasks.timer = setInterval(() => {
        const now = { at: performance.now(), used: time() }
        const used = now.used - last.used
        if (used > 1) tasks.spans.push({ from: last.at, to: now.at, used })
        last = now
      }, 1)
      tasks.observer = new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries())
          tasks.collections.push({ from: startTime, to: startTime + duration })
      })
      tasks.observer.observe({ entryTypes: ['gc'] })
      globalThis.benchTasks = tasks
      ''
    }`)
  }

  /**
   * The most of such a time since `watchTasks`, ms: of all, and of those in which no garbage was collected. A millisecond of
   * it may be of the time before.
   */
  async longestTask(): Promise<{ all: number; withoutCollections: number }> {
    const text = await this.#evaluate(`{
      const { spans, collections } = benchTasks
      const most = (some) => some.reduce((longest, { used }) => Math.max(longest, used), 0)
      const hasCollection = ({ from, to }) => collections.some((each) => each.from < to && each.to > from)
      JSON.stringify({ all: most(spans), withoutCollections: most(spans.filter((span) => !hasCollection(span))) })
    }`)
    return JSON.parse(text)
  }

  close(): void {
    this.#socket.terminate()
  }

  async #evaluate(expression: string): Promise<string> {
    const answer = await this.#call('Runtime.evaluate', { expression, returnByValue: true })
    if (!isEvaluated(answer)) throw new Error(`the inspected process did not evaluate ${expression}`)
    return answer.result.value
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#last
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }
}

function isEvaluated(answer: unknown): answer is { result: { value: string } } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'result' in answer &&
    typeof answer.result === 'object' &&
    answer.result !== null &&
    'value' in answer.result &&
    typeof answer.result.value === 'string'
  )
}
