import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** What a proxy does wrong, or as others do; all of it can be changed while it runs. */
export interface ProxyHabits {
  /** The `Host` that it asks for; undefined: that of the browser. */
  host?: string | undefined
  /** Headers that it adds. */
  added?: Readonly<Record<string, string>>
  /** Whether it passes on `Set-Cookie`. */
  dropsCookies?: boolean
  /** Whether it passes on WebSockets; else it answers 400. */
  passesUpgrades?: boolean
  /** What its users have to show in `Authorization` (Basic, RFC 7617): "name:password". */
  password?: string | undefined
  /** Where it sends everybody, as one whose session has ended. */
  loginPage?: string | undefined
}

/** An HTTP proxy in front of a server, as people have them; ended after the test. */
export class HttpProxy {
  readonly url: string
  readonly habits: ProxyHabits
  readonly #sockets = new Set<Duplex>()

  private constructor(url: string, habits: ProxyHabits) {
    this.url = url
    this.habits = habits
  }

  /** @param url the server */
  static async to(url: string, habits: ProxyHabits = {}): Promise<HttpProxy> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const proxy = new HttpProxy(`http://127.0.0.1:${port}`, { passesUpgrades: true, ...habits })
    server.on('request', (incoming, outgoing) => proxy.#pass(url, incoming, outgoing))
    server.on('upgrade', (incoming, socket, head) => proxy.#upgrade(url, incoming, socket, head))
    onTestFinished(() => {
      proxy.cut()
      server.closeAllConnections()
      server.close()
    })
    return proxy
  }

  /** Cuts all WebSockets. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #headersOf({ headers }: IncomingMessage): IncomingHttpHeaders {
    const { host = headers.host, added } = this.habits
    return { ...headers, host, ...added }
  }

  #isLetIn({ headers }: IncomingMessage): boolean {
    const { password } = this.habits
    return password === undefined || headers.authorization === `Basic ${Buffer.from(password).toString('base64')}`
  }

  #pass(to: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { loginPage, dropsCookies } = this.habits
    if (loginPage !== undefined) {
      outgoing.writeHead(302, { location: loginPage }).end()
      return
    }
    if (!this.#isLetIn(incoming)) {
      outgoing
        .writeHead(401, { 'www-authenticate': 'Basic realm="proxy"', 'content-type': 'text/html' })
        .end('<h1>401</h1>')
      return
    }
    const onward = request(to + incoming.url, { method: incoming.method, headers: this.#headersOf(incoming) })
    onward.on('response', (answer) => {
      const { 'set-cookie': cookies, ...headers } = answer.headers
      outgoing.writeHead(
        answer.statusCode ?? 502,
        dropsCookies || !cookies ? headers : { ...headers, 'set-cookie': cookies },
      )
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'))
    incoming.pipe(onward)
  }

  #upgrade(to: string, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (this.habits.passesUpgrades === false || this.habits.loginPage !== undefined || !this.#isLetIn(incoming)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const onward = request(to + incoming.url, { headers: this.#headersOf(incoming) })
    onward.on('error', () => socket.destroy())
    onward.on('upgrade', (answer, far, farHead) => {
      const lines = answer.rawHeaders.flatMap((name, i) =>
        i % 2 === 0 ? [`${name}: ${answer.rawHeaders[i + 1]}`] : [],
      )
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(farHead)
      far.write(head)
      for (const [one, other] of [
        [socket, far],
        [far, socket],
      ] as const) {
        this.#sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => {
          this.#sockets.delete(one)
          other.destroy()
        })
      }
    })
    onward.end()
  }
}
