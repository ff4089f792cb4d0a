import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { afterAll, onTestFinished } from 'vitest'
import type { RedisServer } from '../../src/store/redis/redis-client.ts'
import { freePort } from './free-port.ts'

/** A plain client of Redis, as other programs have one: texts are bytes. */
export type PlainRedis = Awaited<ReturnType<typeof plainClient>>

/** A real Redis on a free port of this machine (`redis-server` in the search path), ended after the test or file. */
export class TestRedis {
  readonly port: number
  readonly #folder: string
  readonly #settings: readonly string[]
  readonly #ended: AsyncDisposableStack
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string, settings: readonly string[], ended: AsyncDisposableStack) {
    this.port = port
    this.#folder = folder
    this.#settings = settings
    this.#ended = ended
  }

  /** Starts one for the current test. @param settings of redis-server: `['--requirepass', 'secret']` */
  static start(settings: readonly string[] = []): Promise<TestRedis> {
    const ended = new AsyncDisposableStack()
    onTestFinished(() => ended.disposeAsync())
    return TestRedis.#open(settings, ended)
  }

  /** One that all tests of a file share; started on first use. */
  static ofFile(settings: readonly string[] = []): () => Promise<TestRedis> {
    const ended = new AsyncDisposableStack()
    let server: Promise<TestRedis> | undefined
    afterAll(() => ended.disposeAsync())
    return () => {
      server ??= TestRedis.#open(settings, ended)
      return server
    }
  }

  static async #open(settings: readonly string[], ended: AsyncDisposableStack): Promise<TestRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'belvedere-redis-'))
    ended.defer(() => rmSync(folder, { recursive: true, force: true }))
    const server = new TestRedis(await freePort(), folder, settings, ended)
    ended.defer(() => server.kill())
    await server.startAgain()
    return server
  }

  /** Where it is, for our own connections. */
  get server(): RedisServer {
    return { host: '127.0.0.1', port: this.port, db: 0 }
  }

  /** Where it is, for others. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it anew on the same port, empty, after `kill`. */
  async startAgain(): Promise<void> {
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const child = spawn('redis-server', [...fixed, '--dir', this.#folder, ...this.#settings], { stdio: 'ignore' })
    this.#process = child
    const failed = once(child, 'error').then(([error]) => {
      throw new Error(`redis-server cannot be started (Debian: apt-get install redis-server): ${error}`)
    })
    await Promise.race([failed, this.#accepts(child)])
  }

  /** Ends it at once, with all that it holds. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  /** Stops its process, which then accepts connections and answers nothing (a half-open link). */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  /** Lets it go on. */
  thaw(): void {
    this.#process?.kill('SIGCONT')
  }

  /** A client such as other programs have, closed with the test or file. */
  async client(): Promise<PlainRedis> {
    const client = await plainClient(this.url)
    this.#ended.defer(() => client.destroy())
    return client
  }

  async #accepts(child: ChildProcess): Promise<void> {
    while (child.exitCode === null) {
      if (await answersPing(this.port)) return
    }
    throw new Error(`redis-server has ended with code ${child.exitCode}`)
  }
}

async function plainClient(url: string) {
  const { RESP_TYPES } = await import('redis')
  const client = createClient({ url, RESP: 2 }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Whether something on that port answers as Redis does, whatever it answers. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const settle = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('data', () => settle(true))
    socket.once('error', () => setTimeout(settle, 5, false))
  })
}
