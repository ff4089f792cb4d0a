import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Program } from './program.ts'

/** What `process.memoryUsage()` tells, in bytes. */
export interface MemoryUsage {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
}

/** Node's flag that lets an Inspector in. */
export const INSPECTABLE = '--inspect=127.0.0.1:0'

/**
 * Asks a running server how much memory it uses, after its garbage was collected: otherwise the figure is mostly that of
 * pictures which nobody holds any more.
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

  /** @param program a Node process that was started with INSPECTABLE */
  static async attach(program: Program): Promise<Inspector> {
    const [, url = ''] = await program.line(/Debugger listening on (ws:\S+)/)
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new Inspector(socket)
  }

  async memory(): Promise<MemoryUsage> {
    // The first finds what is unreachable, the second what only finalizers held.
    await this.#call('HeapProfiler.collectGarbage')
    await this.#call('HeapProfiler.collectGarbage')
    const answer = await this.#call('Runtime.evaluate', {
      expression: 'JSON.stringify(process.memoryUsage())',
      returnByValue: true,
    })
    if (!isEvaluated(answer)) throw new Error('the inspected process did not tell its memory')
    return JSON.parse(answer.result.value)
  }

  close(): void {
    this.#socket.terminate()
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
