import type { LoggedEvent } from '../../src/core/event.ts'
import type { EventHistory } from '../../src/store/events/event-history.ts'
import { MemoryHistory } from './memory-history.ts'

/** A history on a disk that the test breaks. */
export class BreakableHistory extends MemoryHistory {
  /** What fails now. */
  broken: readonly (keyof EventHistory)[] = []
  /** Commits wait for this. */
  held: Promise<void> | undefined
  /** How many events each commit had. */
  readonly groups: number[] = []

  constructor() {
    super()
    for (const method of ['open', 'append', 'read', 'check'] as const) {
      const intact: (...args: never[]) => Promise<unknown> = this[method]
      const checked = async (...args: never[]) => {
        if (this.broken.includes(method)) throw new Error('disk is full')
        if (method === 'append') {
          this.groups.push((args[0] as unknown as readonly LoggedEvent[]).length)
          await this.held
        }
        return intact(...args)
      }
      Object.assign(this, { [method]: checked })
    }
  }
}
