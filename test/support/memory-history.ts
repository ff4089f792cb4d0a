import { EventFile } from '../../src/store/events/event-file.ts'
import type { EventHistory } from '../../src/store/events/event-history.ts'

/**
 * A history of events in a SQLite database, like the server's but in this thread and in memory: a thread for each of the
 * hundreds of servers that tests start would take longer than the tests.
 */
export class MemoryHistory implements EventHistory {
  #file: EventFile | undefined

  open: EventHistory['open'] = async (how) => {
    this.#file?.close()
    const { file, opened } = EventFile.open({ ...how, path: ':memory:' })
    this.#file = file
    return opened
  }

  append: EventHistory['append'] = async (...args) => this.#opened.append(...args)
  read: EventHistory['read'] = async (query) => this.#opened.read(query)
  find: EventHistory['find'] = async (id) => this.#opened.find(id)
  acknowledge: EventHistory['acknowledge'] = async (id, how) => this.#opened.acknowledge(id, how)
  check: EventHistory['check'] = async (now) => this.#opened.check(now)
  expire: EventHistory['expire'] = async (now) => this.#opened.expire(now)

  async noteLoss(): Promise<void> {}

  async close(): Promise<void> {
    this.#file?.close()
    this.#file = undefined
  }

  get #opened(): EventFile {
    if (!this.#file) throw new Error('the history is not open')
    return this.#file
  }
}
