/**
 * The width to ask for while a view changes its size. More is asked for soon, so that nothing stays blurred; less only
 * after the view has stayed small for a while, as after a visit to full screen: each change may make the server start
 * another rendition.
 */
export class AskedWidth {
  readonly #changed: () => void
  #needed = 0
  #asked: number | undefined
  #timer: { readonly isForMore: boolean; readonly id: ReturnType<typeof setTimeout> } | undefined

  /** @param changed called when `width` has changed, except within `need` */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Sets what is needed now, in pixels. @returns the width to ask for now */
  need(needed: number): number {
    if (this.#asked === undefined) this.#asked = needed
    if (needed !== this.#needed) {
      this.#needed = needed
      this.#wait(this.#asked)
    }
    return this.#asked
  }

  /** The view shows nothing now: what it needs next is asked for at once. */
  reset(): void {
    this.#stopTimer()
    this.#asked = undefined
    this.#needed = 0
  }

  #wait(asked: number): void {
    const isForMore = this.#needed > asked
    // Not started anew: a window that is dragged larger for seconds gets larger pictures meanwhile.
    if (isForMore && this.#timer?.isForMore) return
    this.#stopTimer()
    if (this.#needed === asked) return
    const id = setTimeout(
      () => {
        this.#timer = undefined
        this.#asked = this.#needed
        this.#changed()
      },
      isForMore ? MORE_AFTER_MS : LESS_AFTER_MS,
    )
    this.#timer = { isForMore, id }
  }

  #stopTimer(): void {
    clearTimeout(this.#timer?.id)
    this.#timer = undefined
  }
}

/** How long a view has to be larger, and smaller, ms. */
const MORE_AFTER_MS = 200
const LESS_AFTER_MS = 3000
