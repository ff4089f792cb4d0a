import { type Preference, type PreferenceDocument, readDocument, withTexts } from './preferences.ts'

/** Loads and saves an account's preferences. */
export interface PreferenceKeeper {
  load(): Promise<unknown>
  /** @param isLast the page is being closed: there will be no response */
  save(document: PreferenceDocument, isLast: boolean): Promise<unknown>
}

/**
 * Saves the user's changes to the account: optimistic (the page shows them first) and debounced (several in one
 * request).
 */
export class PreferenceSync {
  readonly #keeper: PreferenceKeeper
  readonly #later: (action: () => void) => () => void
  readonly #changes = new Map<Preference, string | undefined>()
  #document: PreferenceDocument = {}
  #cancel: (() => void) | undefined

  /** @param later calls `action` after the debounce delay; returns a function that cancels it */
  constructor(keeper: PreferenceKeeper, later: (action: () => void) => () => void) {
    this.#keeper = keeper
    this.#later = later
  }

  /**
   * Loads the account's preferences. @throws whatever `load` rejects with; TypeError when it is not an object
   * @returns them with the user's changes that are not saved yet
   */
  async load(): Promise<PreferenceDocument> {
    this.#document = readDocument(await this.#keeper.load())
    return withTexts(this.#document, this.#changes)
  }

  /** The user has changed a preference; undefined: reset. */
  chosen(name: Preference, text: string | undefined): void {
    this.#changes.set(name, text)
    this.#cancel?.()
    this.#cancel = this.#later(() => void this.save())
  }

  /** Saves the changes. Other changes saved meanwhile by another page of the account are kept. */
  async save(): Promise<void> {
    if (this.#changes.size === 0) return
    const changes = this.#take()
    try {
      await this.load()
      const document = withTexts(this.#document, changes)
      await this.#keeper.save(document, false)
      this.#document = document
    } catch {
      // Stored in the browser anyway; sent again with the next change.
      for (const [name, text] of changes) if (!this.#changes.has(name)) this.#changes.set(name, text)
    }
  }

  /** Saves the changes while the page is being closed. */
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
