import { type LookupAddress, promises } from 'node:dns'
import { untilAborted } from './until-aborted.ts'

/** Looks a name up as this machine does: its files, DNS, mDNS. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>

/**
 * Looks names up for all cameras, only some at a time: a lookup keeps one of the few threads that files are read with too
 * until its name server has answered or given up, which may take half a minute, and nothing can stop it.
 */
export class NameLookups {
  readonly #lookup: Lookup
  readonly #most: number
  readonly #underWay = new Map<string, Promise<readonly LookupAddress[]>>()
  readonly #waiting = new Set<() => void>()
  #running = 0

  /** @param lookup replaced by tests */
  constructor(lookup: Lookup = (host) => promises.lookup(host, { all: true }), most = 2) {
    this.#lookup = lookup
    this.#most = most
  }

  /** All addresses of a name, the best first. Who asks for the same name meanwhile gets the same answer. */
  async addressesOf(host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
    for (;;) {
      const underWay = this.#underWay.get(host)
      if (underWay) return untilAborted(signal, underWay)
      if (this.#running < this.#most) return untilAborted(signal, this.#start(host))
      await this.#turn(signal)
    }
  }

  #start(host: string): Promise<readonly LookupAddress[]> {
    this.#running++
    const work = this.#lookup(host).finally(() => {
      this.#running--
      this.#underWay.delete(host)
      const [next] = this.#waiting
      next?.()
    })
    this.#underWay.set(host, work)
    return work
  }

  /** Resolves when another lookup may have ended. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    try {
      await untilAborted(signal, promise)
    } finally {
      this.#waiting.delete(resolve)
    }
  }
}
