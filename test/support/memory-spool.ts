import type { EventSpool } from '../../src/store/events/event-spool.ts'
import { SpoolFile } from '../../src/store/events/spool-file.ts'

/** A spool like the server's, but in this thread and in memory. */
export class MemorySpool implements EventSpool {
  #file: SpoolFile | undefined

  open: EventSpool['open'] = async (_path, limits) => {
    this.#file ??= new SpoolFile(':memory:', limits)
  }

  add: EventSpool['add'] = async (events) => this.#opened.add(events)
  oldest: EventSpool['oldest'] = async (most) => this.#opened.oldest(most)
  remove: EventSpool['remove'] = async (places) => this.#opened.remove(places)

  async close(): Promise<void> {
    this.#file?.close()
    this.#file = undefined
  }

  get #opened(): SpoolFile {
    if (!this.#file) throw new Error('the spool is not open')
    return this.#file
  }
}
