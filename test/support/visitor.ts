import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { cookieOf } from './accounts.ts'
import { PASSWORD } from './people.ts'
import type { Fields } from './server.ts'
import { TestSocket } from './sockets.ts'

/** Options of a visitor. */
export interface VisitorOptions {
  /** The origin of the page, as the browser says it; default: that of the address. */
  readonly origin?: string
  /** Headers of all its requests, such as the password of a proxy. */
  readonly headers?: Readonly<Record<string, string>>
  /** The certificate to trust. */
  readonly ca?: Buffer
}

/** Does over HTTP what the page does in a browser: signs in, keeps the cookie, opens its socket with it. */
export class Visitor {
  readonly #url: string
  readonly #options: VisitorOptions
  /** The `Set-Cookie` of the last sign-in. */
  cookie = ''

  /** @param url where it reaches the server, perhaps through a proxy */
  constructor(url: string, options: VisitorOptions = {}) {
    this.#url = url
    this.#options = options
  }

  /** Signs in as the administrator. */
  async signIn(password = PASSWORD) {
    const answer = await this.#ask('POST', { username: 'admin', password })
    this.cookie = answer.cookie
    return answer
  }

  async signOut(): Promise<void> {
    await this.#ask('DELETE')
  }

  /** Who it is to the server. */
  async session(): Promise<Fields> {
    return (await this.#ask('GET')).body
  }

  /** The first message on `/ws/live`. @throws when it is refused */
  async hello(): Promise<Fields> {
    const { ca } = this.#options
    const url = `${this.#url.replace('http', 'ws')}/ws/live`
    const socket = await TestSocket.open(url, { headers: this.#headers, ...(ca && { ca }) })
    return socket.nextJson()
  }

  get #headers(): Record<string, string> {
    const { origin = new URL(this.#url).origin, headers } = this.#options
    const cookie = cookieOf({ 'set-cookie': this.cookie })
    return { ...headers, origin, ...(cookie !== '' && { cookie }) }
  }

  #ask(method: string, body?: object): Promise<{ status: number; body: Fields; cookie: string }> {
    const { ca } = this.#options
    const request = ca ? secureRequest : plainRequest
    const headers = { ...this.#headers, ...(body && { 'content-type': 'application/json' }) }
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.#url}/session`,
        { method, headers, agent: false, ...(ca && { ca }) },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (data) => {
            text += data
          })
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              body: text.startsWith('{') ? JSON.parse(text) : {},
              cookie: answer.headers['set-cookie']?.[0] ?? '',
            }),
          )
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body && JSON.stringify(body))
    })
  }
}
