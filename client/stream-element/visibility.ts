/**
 * Whether an element can be seen: it is in or near the viewport, and its page is not in a hidden tab.
 */
export class Visibility {
  readonly #changed: () => void
  readonly #observer: IntersectionObserver
  #isNear = false

  /** Starts to observe. @param changed called after each change */
  constructor(element: Element, changed: () => void) {
    this.#changed = changed
    this.#observer = new IntersectionObserver((entries) => {
      this.#isNear = entries.at(-1)?.isIntersecting ?? false
      changed()
    }, NEAR)
    this.#observer.observe(element)
    document.addEventListener('visibilitychange', changed)
  }

  /** Whether the element is in or near the viewport. */
  get isNear(): boolean {
    return this.#isNear
  }

  /** Whether somebody can see it. */
  get isInView(): boolean {
    return this.#isNear && document.visibilityState === 'visible'
  }

  /** Ends observing. */
  stop(): void {
    this.#observer.disconnect()
    document.removeEventListener('visibilitychange', this.#changed)
  }
}

/** What is just outside of the viewport is about to be scrolled in. */
const NEAR = { rootMargin: '120px' }
