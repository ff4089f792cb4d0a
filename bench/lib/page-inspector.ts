import type { CDPSession, Page } from 'playwright-core'

/** What one JavaScript heap holds, bytes. */
export interface Heap {
  /** Of objects and code. */
  readonly used: number
  /** Of buffers that objects hold. */
  readonly buffers: number
  /** Of what the browser itself keeps for objects: elements, canvases … */
  readonly embedder: number
}

/** A page's counters of Chromium: https://chromedevtools.github.io/devtools-protocol/tot/Performance */
export interface PageMetrics {
  /** Seconds of a clock that only grows. */
  readonly Timestamp: number
  /** Seconds that the main thread has been at work. */
  readonly TaskDuration: number
  readonly ScriptDuration: number
  readonly LayoutDuration: number
  readonly RecalcStyleDuration: number
  /** Also those that are detached, for as long as anything holds them. */
  readonly Nodes: number
  readonly JSEventListeners: number
}

/** Looks into a page and its one worker by Chromium's DevTools protocol. */
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
    // Not flattened, since a session of Playwright speaks to one target only: what a worker says comes wrapped.
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

  /** The page's heap and that of its worker, each after its garbage was collected. */
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
  // The first finds what is unreachable, the second what only finalizers held.
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
