import type { OverlayKind } from '../../client/overlay/overlay-choice.ts'
import type { Overlay } from '../../client/overlay/shapes.ts'

/** The kinds of shapes and the classes detected on a stream so far, for the overlay toggles. */
export interface DetectedClasses {
  readonly kinds: readonly OverlayKind[]
  readonly classes: readonly string[]
}

/** The maximum number listed, since a detector may send endless new names. */
const MOST_CLASSES = 60

/** Collects the kinds and classes detected on a stream. */
export class DetectedClassesTracker {
  readonly #kinds = new Set<OverlayKind>()
  readonly #classes = new Set<string>()
  #seen: DetectedClasses = { kinds: [], classes: [] }

  /** The same object until something new is detected. */
  get seen(): DetectedClasses {
    return this.#seen
  }

  /** @returns whether there was anything new */
  look({ shapes }: Overlay, hasWarnings: 'with warnings' | 'without'): boolean {
    const before = this.#kinds.size + this.#classes.size
    if (hasWarnings === 'with warnings') this.#kinds.add('warnings')
    for (const shape of shapes) {
      this.#kinds.add(shape.kind)
      if (shape.kind === 'boxes' && this.#classes.size < MOST_CLASSES) this.#classes.add(shape.class)
    }
    if (this.#kinds.size + this.#classes.size === before) return false
    this.#seen = { kinds: [...this.#kinds].sort(), classes: [...this.#classes].sort() }
    return true
  }

  /** Forgets everything. */
  clear(): void {
    this.#kinds.clear()
    this.#classes.clear()
    this.#seen = { kinds: [], classes: [] }
  }
}
