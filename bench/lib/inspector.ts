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
 * Reads the memory usage of a running server through Node's inspector, after a garbage collection: otherwise most of
 * the figure would be unreachable pictures.
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
