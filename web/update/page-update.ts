import { Listeners } from '../../src/core/listeners.ts'
import type { TextStorage } from '../browser-storage.ts'

/** What a PageUpdate needs of its page. */
export interface PageUpdateParts {
  /** The build that this page is of. */
  readonly ownBuild: string
  /** Asks the server which build it has; undefined: no answer. */
  readonly servedBuild: () => Promise<string | undefined>
  /** Of the tab; undefined if the browser forbids it. Without it the page is not reloaded by itself. */
  readonly storage: Pick<TextStorage, 'getItem' | 'setItem'> | undefined
  /** Whether a reload would lose what somebody is typing, or a dialog. */
  readonly isBusy: () => boolean
  /** Monotonic time, ms. */
  readonly now: () => number
  /** Connects again, where the page is as new as the server. */
  readonly reconnect: () => void
  readonly reload: () => void
}

/**
 * Whether the server was updated since this page was loaded, so that the two no longer fit together. The page is then
 * reloaded once nobody has used it for a minute, as nobody may be there to do so. Never in a loop: only if the server has
 * another build, and from each build once in a tab.
 */
export class PageUpdate {
  readonly #parts: PageUpdateParts
  readonly #listeners = new Listeners()
  #hasOtherProtocol = false
  #lacksParts = false
  #usedAt: number
  #holds = 0
  #timer: ReturnType<typeof setInterval> | undefined
  #isAsking = false

  constructor(parts: PageUpdateParts) {
    this.#parts = parts
    this.#usedAt = parts.now()
  }

  /** Whether the page must be reloaded to work again. */
  get isOutdated(): boolean {
    return this.#hasOtherProtocol || this.#lacksParts
  }

  /** Subscribes to changes of `isOutdated`. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Somebody has pressed a key, or moved a pointer. */
  noteUse(): void {
    this.#usedAt = this.#parts.now()
  }

  /** Whether the server speaks another protocol than this page. */
  set hasOtherProtocol(hasOther: boolean) {
    this.#change(() => {
      this.#hasOtherProtocol = hasOther
    })
  }

  /** A part of the page could not be loaded: perhaps the server has those of another build only. */
  async partFailed(): Promise<void> {
    const served = await this.#parts.servedBuild()
    if (served === undefined || served === this.#parts.ownBuild) return
    this.#change(() => {
      this.#lacksParts = true
    })
  }

  /** Keeps the page from being reloaded by itself, as it is doing or showing what would be lost. @returns ends that */
  hold(): () => void {
    this.#holds++
    return () => {
      this.#holds--
      this.noteUse()
    }
  }

  #change(change: () => void): void {
    const before = this.isOutdated
    change()
    if (this.isOutdated === before) return
    clearInterval(this.#timer)
    this.#timer = this.isOutdated ? setInterval(() => void this.#reloadIfQuiet(), LOOK_MS) : undefined
    this.#listeners.notify()
  }

  async #reloadIfQuiet(): Promise<void> {
    const { ownBuild, servedBuild, reconnect, reload } = this.#parts
    if (this.#isAsking || !this.#isQuiet()) return
    this.#isAsking = true
    // Also asks whether the server is there: what would follow is the browser's own page about that, for good.
    const served = await servedBuild()
    this.#isAsking = false
    if (!this.isOutdated || served === undefined || !this.#isQuiet()) return
    if (served === ownBuild) {
      this.#change(() => {
        this.#lacksParts = false
      })
      reconnect()
    } else if (this.#noteReload()) reload()
    // Asked again in a minute: a thousand pages may be waiting for the same server.
    this.noteUse()
  }

  #isQuiet(): boolean {
    const { now, isBusy } = this.#parts
    return this.#holds === 0 && now() - this.#usedAt >= QUIET_MS && !isBusy()
  }

  /** @returns whether this tab was not reloaded from this build before, and will remember it */
  #noteReload(): boolean {
    const { storage, ownBuild } = this.#parts
    try {
      const builds = storage?.getItem(STORED)?.split('\n') ?? []
      if (!storage || builds.includes(ownBuild)) return false
      storage.setItem(STORED, [...builds, ownBuild].slice(-MOST_BUILDS).join('\n'))
      return true
    } catch {
      return false
    }
  }
}

/** How long nobody must have used the page, ms. */
const QUIET_MS = 60_000
/** How often it is looked whether that is so, ms. */
const LOOK_MS = 5000
const STORED = 'belvedere.reloaded'
/** How many builds a tab remembers. */
const MOST_BUILDS = 50
