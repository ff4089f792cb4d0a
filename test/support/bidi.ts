import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Fields } from './server.ts'

/**
 * A session of WebDriver BiDi (https://w3c.github.io/webdriver-bidi), which Firefox speaks itself: commands and their
 * answers, and events, as JSON over one WebSocket.
 */
export class Bidi {
  readonly #socket: WebSocket
  readonly #open = new Map<number, PromiseWithResolvers<Fields>>()
  readonly #listeners = new Set<(method: string, params: Fields) => void>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (text) => this.#take(JSON.parse(String(text))))
    // It closes then.
    socket.on('error', () => {})
    socket.once('close', () => {
      for (const { reject } of this.#open.values()) reject(new Error('the browser has ended'))
      this.#open.clear()
    })
  }

  /** Begins a session. @param url "ws://127.0.0.1:port", as the browser prints it */
  static async connect(url: string): Promise<Bidi> {
    const socket = new WebSocket(`${url}/session`, { perMessageDeflate: false })
    await once(socket, 'open')
    const bidi = new Bidi(socket)
    await bidi.send('session.new', { capabilities: {} })
    return bidi
  }

  /** Gives a command. @returns its result @throws with the browser's words when it fails */
  send(method: string, params: Fields): Promise<Fields> {
    const id = ++this.#lastId
    const answer = Promise.withResolvers<Fields>()
    this.#open.set(id, answer)
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answer.promise
  }

  /** Listens to the events that the session has subscribed to. @returns what ends it */
  listen(listener: (method: string, params: Fields) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #take(message: Message): void {
    if (message.type === 'event') for (const listener of this.#listeners) listener(message.method, message.params)
    else {
      const answer = this.#open.get(message.id)
      this.#open.delete(message.id)
      if (message.type === 'success') answer?.resolve(message.result)
      else answer?.reject(new Error(`${message.error}: ${message.message}`))
    }
  }
}

type Message =
  | { readonly type: 'event'; readonly method: string; readonly params: Fields }
  | { readonly type: 'success'; readonly id: number; readonly result: Fields }
  | { readonly type: 'error'; readonly id: number; readonly error: string; readonly message: string }
