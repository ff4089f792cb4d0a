import { expect } from 'vitest'
import { jpeg } from './pictures.ts'
import { authorized, formOf } from './server.ts'
import { TestSocket } from './sockets.ts'

/** A well-behaved viewer and publisher, to check that the server still works while other clients misbehave. */
export class Witness {
  readonly #url: string
  readonly #viewer: TestSocket
  #published = 0

  private constructor(url: string, viewer: TestSocket) {
    this.#url = url
    this.#viewer = viewer
  }

  /** @param url the server, "http://127.0.0.1:8000" */
  static async start(url: string): Promise<Witness> {
    const viewer = await TestSocket.open(`${url.replace('http', 'ws')}/ws/live`)
    viewer.ask({ type: 'watch', id: 1, label: 'witness' })
    await viewer.nextOfType('watching')
    const witness = new Witness(url, viewer)
    await witness.isServed()
    return witness
  }

  /** Publishes a frame and checks that the viewer receives it. */
  async isServed(): Promise<void> {
    this.#published++
    const body = formOf({ label: 'witness', key: 'camera', file: jpeg(8, 8) })
    const response = await fetch(`${this.#url}/frames`, { method: 'POST', body, headers: authorized() })
    expect(response.status).toBe(200)
    const { header } = await this.#viewer.nextPicture()
    expect(header.sequence).toBe(this.#published)
    this.#viewer.ask({ type: 'credit', n: Number(header.n) })
  }
}
