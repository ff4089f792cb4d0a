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
   * Begins to measure the CPU time of each task of the event loop: from the beginning of a callback to the end of the last tick
   * or promise that follows it. Unlike a delay it does not grow where other processes have the processor, nor with the number
   * of tasks that have become due meanwhile, nor with what V8 does between two of them. The clock is the kernel's, called
   * directly: `process.threadCpuUsage()` goes on only when the scheduler runs, every 4 ms.
   */
  async watchTasks(): Promise<void> {
    await this.#evaluate(`{
      globalThis.benchTasks?.stop()
      const { createHook } = process.getBuiltinModule('node:async_hooks')
      const { PerformanceObserver } = process.getBuiltinModule('node:perf_hooks')
      const { dlopen } = process.getBuiltinModule('node:ffi')
      const library = dlopen(null, { clock_gettime: { arguments: ['i32', 'pointer'], return: 'i32' } })
      const CLOCK_THREAD_CPUTIME_ID = 3
      const read = new BigInt64Array(2)
      const time = () => {
        library.functions.clock_gettime(CLOCK_THREAD_CPUTIME_ID, read)
        return Number(read[0]) * 1000 + Number(read[1]) / 1e6
      }
      const spans = []
      const collections = []
      /** Ticks and promises, which go on with the task before. */
      const continuations = new Set()
      let depth = 0
      // Nothing before the first callback counts: this script is a long task itself.
      let began
      let ended
      const before = (id) => {
        depth += 1
        if (depth > 1 || continuations.has(id)) return
        const used = ended ? ended.used - began.used : 0
        if (used > 1) spans.push({ from: began.at, to: ended.at, used })
        began = { at: performance.now(), used: time() }
        ended = undefined
      }
      const after = () => {
        depth = Math.max(0, depth - 1)
        if (depth === 0 && began) ended = { at: performance.now(), used: time() }
      }
      const hook = createHook({
        init: (id, type) => void ((type === 'TickObject' || type === 'PROMISE') && continuations.add(id)),
        before,
        after,
        destroy: (id) => void continuations.delete(id),
      })
      const observer = new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries())
          collections.push({ from: startTime, to: startTime + duration })
      })
      observer.observe({ entryTypes: ['gc'] })
      hook.enable()
      const stop = () => {
        hook.disable()
        observer.disconnect()
      }
      globalThis.benchTasks = { spans, collections, stop }
      ''
    }`)
  }

  /** The most of such a time since `watchTasks`, ms: of all, and of those in which no garbage was collected. */
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
