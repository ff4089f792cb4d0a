import { type Preference, type PreferenceDocument, readDocument, withTexts } from './preferences.ts'

/** How an account's preferences are reached. */
export interface PreferenceKeeper {
  load(): Promise<unknown>
  /** @param isLast the page is being left: there will be no answer */
  save(document: PreferenceDocument, isLast: boolean): Promise<unknown>
}

/**
 * Sends what the user changes to the account: an optimistic update, for the page shows it before; debounced, so a moment
 * later and all at once.
 */
export class PreferenceSync {
  readonly #keeper: PreferenceKeeper
  readonly #later: (action: () => void) => () => void
  readonly #changes = new Map<Preference, string | undefined>()
  #document: PreferenceDocument = {}
  #cancel: (() => void) | undefined

  /** @param later calls back a moment later; what it returns makes that not happen */
  constructor(keeper: PreferenceKeeper, later: (action: () => void) => () => void) {
    this.#keeper = keeper
    this.#later = later
  }

  /** Asks what the account keeps. @throws whatever `load` rejects with, or TypeError when it is no object */
  async load(): Promise<PreferenceDocument> {
    this.#document = readDocument(await this.#keeper.load())
    return this.#document
  }

  /** The user chose; undefined: nothing any more. */
  chosen(name: Preference, text: string | undefined): void {
    this.#changes.set(name, text)
    this.#cancel?.()
    this.#cancel = this.#later(() => void this.save())
  }

  /** Sends what has changed. What another page of the same account has stored meanwhile stays. */
  async save(): Promise<void> {
    if (this.#changes.size === 0) return
    const changes = this.#take()
    try {
      const document = withTexts(await this.load(), changes)
      await this.#keeper.save(document, false)
      this.#document = document
    } catch {
      // The browser remembers it all the same; it is sent with the next change.
      for (const [name, text] of changes) if (!this.#changes.has(name)) this.#changes.set(name, text)
    }
  }

  /** Sends what has changed while the page is being left. */
  saveLast(): void {
    if (this.#changes.size === 0) return
    this.#document = withTexts(this.#document, this.#take())
    this.#keeper.save(this.#document, true).catch(() => {})
  }

  #take(): Map<Preference, string | undefined> {
    this.#cancel?.()
    const changes = new Map(this.#changes)
    this.#changes.clear()
    return changes
  }
}
