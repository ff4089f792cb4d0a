import { EventSource } from 'eventsource'
import { onTestFinished } from 'vitest'
import { authorized, type Fields } from './server.ts'
import { until } from './until.ts'

/** An event stream (server-sent events) as a browser's EventSource gives it, closed after the test. */
export class EventStreamClient {
  readonly #source: EventSource
  readonly received: { readonly type: string; readonly data: Fields; readonly id: string }[] = []

  /** @param path with the query: "/stream/events?labels=North" */
  constructor(server: { readonly url: string }, path: string, token?: string, headers: Record<string, string> = {}) {
    this.#source = new EventSource(server.url + path, {
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          headers: { ...init.headers, ...headers, ...(token !== undefined && authorized(token)) },
        }),
    })
    for (const type of ['connected', 'event', 'gap', 'heartbeat', 'error', 'status_connected', 'system_status'])
      this.#source.addEventListener(type, (event) => {
        const { data, lastEventId: id } = event as MessageEvent
        if (typeof data === 'string') this.received.push({ type, data: JSON.parse(data), id })
      })
    onTestFinished(() => this.close())
  }

  /** The data of all messages of a type. */
  all(type: string): Fields[] {
    return this.received.filter((message) => message.type === type).map(({ data }) => data)
  }

  /** Waits for so many messages of a type. */
  async sees(type: string, count = 1): Promise<Fields[]> {
    await until(() => this.all(type).length >= count, `${count} ${type}`)
    return this.all(type)
  }

  close(): void {
    this.#source.close()
  }
}
