import { expect } from 'vitest'
import { jpeg } from './pictures.ts'
import { authorized, formOf } from './server.ts'
import { TestSocket } from './sockets.ts'

/** A well-behaved viewer and publisher, to check that the server still works while other clients misbehave. */
export class Witness {
  readonly #url: string
  readonly #viewer: TestSocket
  readonly #label: string
  #published = 0

  private constructor(url: string, viewer: TestSocket, label: string) {
    this.#url = url
    this.#viewer = viewer
    this.#label = label
  }

  /** @param url the server, "http://127.0.0.1:8000" @param label where it publishes, and nobody else */
  static async start(url: string, label = 'witness'): Promise<Witness> {
    const viewer = await TestSocket.open(`${url.replace('http', 'ws')}/ws/live`)
    viewer.ask({ type: 'watch', id: 1, label })
    await viewer.nextOfType('watching')
    const witness = new Witness(url, viewer, label)
    await witness.isServed()
    return witness
  }

  /** Publishes a frame and checks that the viewer receives it. */
  async isServed(): Promise<void> {
    this.#published++
    const body = formOf({ label: this.#label, key: 'camera', file: jpeg(8, 8) })
    const response = await fetch(`${this.#url}/frames`, { method: 'POST', body, headers: authorized() })
    expect(response.status).toBe(200)
    const { header } = await this.#viewer.nextPicture()
    expect(header.sequence).toBe(this.#published)
    this.#viewer.ask({ type: 'credit', n: Number(header.n) })
  }
}
