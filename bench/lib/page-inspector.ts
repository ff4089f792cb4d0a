import type { CDPSession, Page } from 'playwright-core'

/** The memory of one JavaScript heap, bytes. */
export interface Heap {
  /** Objects and code. */
  readonly used: number
  /** Buffers held by objects. */
  readonly buffers: number
  /** The browser's own memory for objects: elements, canvases … */
  readonly embedder: number
}

/** Chromium's counters of a page: https://chromedevtools.github.io/devtools-protocol/tot/Performance */
export interface PageMetrics {
  /** Monotonic time, seconds. */
  readonly Timestamp: number
  /** The main thread's busy time, seconds. */
  readonly TaskDuration: number
  readonly ScriptDuration: number
  readonly LayoutDuration: number
  readonly RecalcStyleDuration: number
  /** DOM nodes, including detached ones that are still referenced. */
  readonly Nodes: number
  readonly JSEventListeners: number
}

/** Inspects a page and its one worker through the Chrome DevTools Protocol. */
export class PageInspector {
  readonly #page: CDPSession
  readonly #waiting = new Map<number, (result: unknown) => void>()
  readonly #workers = new Set<string>()
  #last = 0

  private constructor(page: CDPSession) {
    this.#page = page
    page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.add(sessionId)
    })
    page.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId))
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message)
      this.#waiting.get(id)?.(result)
      this.#waiting.delete(id)
    })
  }

  static async attach(page: Page): Promise<PageInspector> {
    const session = await page.context().newCDPSession(page)
    const inspector = new PageInspector(session)
    await session.send('Performance.enable', { timeDomain: 'timeTicks' })
    // Not flattened: a Playwright session serves one target only, so messages of the worker come wrapped.
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
    return inspector
  }

  async metrics(): Promise<PageMetrics> {
    const { metrics } = await this.#page.send('Performance.getMetrics')
    const of = (name: keyof PageMetrics) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    return {
      Timestamp: of('Timestamp'),
      TaskDuration: of('TaskDuration'),
      ScriptDuration: of('ScriptDuration'),
      LayoutDuration: of('LayoutDuration'),
      RecalcStyleDuration: of('RecalcStyleDuration'),
      Nodes: of('Nodes'),
      JSEventListeners: of('JSEventListeners'),
    }
  }

  /** The heaps of the page and its worker, each after a garbage collection. */
  async heaps(): Promise<{ page: Heap; worker: Heap }> {
    const [worker, ...more] = this.#workers
    if (worker === undefined || more.length > 0) throw new Error(`the page has ${this.#workers.size} workers`)
    return {
      page: await heapBy((method) => this.#page.send(method)),
      worker: await heapBy((method) => this.#callWorker(worker, method)),
    }
  }

  async #callWorker(sessionId: string, method: string): Promise<unknown> {
    const id = ++this.#last
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve))
    await this.#page.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
    return answer
  }
}

type HeapMethod = 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage'

async function heapBy(call: (method: HeapMethod) => Promise<unknown>): Promise<Heap> {
  // The second collection frees what only finalizers kept alive.
  await call('HeapProfiler.collectGarbage')
  await call('HeapProfiler.collectGarbage')
  const usage = await call('Runtime.getHeapUsage')
  if (!isUsage(usage)) throw new Error('the browser did not tell the heap’s size')
  return { used: usage.usedSize, buffers: usage.backingStorageSize, embedder: usage.embedderHeapUsedSize }
}

interface Usage {
  readonly usedSize: number
  readonly backingStorageSize: number
  readonly embedderHeapUsedSize: number
}

function isUsage(answer: unknown): answer is Usage {
  return typeof answer === 'object' && answer !== null && 'usedSize' in answer && 'backingStorageSize' in answer
}
