import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP proxy that simulates a network failure (a black hole): no data gets through, but no connection is closed. */
export class CuttableNetwork {
  /** The server's URL through the proxy. */
  readonly url: string
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(url: string) {
    this.url = url
  }

  /** @param url the server, "http://127.0.0.1:8000" */
  static async to(url: string): Promise<CuttableNetwork> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const network = new CuttableNetwork(`http://127.0.0.1:${port}`)
    network.#serve(server, Number(new URL(url).port))
    return network
  }

  /** From now on nothing gets through in either direction; data is held back. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Restores the network: delivers the data held back and everything after it. */
  mend(): void {
    this.#isCut = false
    for (const socket of this.#sockets) socket.resume()
  }

  #serve(server: Server, port: number): void {
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1')
      this.#join(near, far)
      this.#join(far, near)
    })
    onTestFinished(() => {
      for (const socket of this.#sockets) socket.destroy()
      server.close()
    })
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (data) => to.write(data))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#isCut) from.pause()
  }
}
