import { useEffect, useState } from 'react'
import type { Warning } from '../../src/wire/warnings.ts'

/**
 * How long a warning stays after its last picture, ms: detectors miss one now and then, and flickering text is
 * unreadable.
 */
const HELD_MS = 1000

/** A hook: the newest picture's warnings, debounced: they stay for a moment. @returns the warnings and their setter */
export function useHeldWarnings(): [readonly Warning[], (latest: readonly Warning[]) => void] {
  const [held] = useState(() => new HeldWarnings())
  const [warnings, setWarnings] = useState<readonly Warning[]>([])
  useEffect(() => held.open(setWarnings), [held])
  return [warnings, held.take]
}

class HeldWarnings {
  #current: readonly Warning[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #show: ((warnings: readonly Warning[]) => void) | undefined

  open(show: (warnings: readonly Warning[]) => void): () => void {
    this.#show = show
    return () => {
      this.#show = undefined
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  readonly take = (latest: readonly Warning[]): void => {
    if (latest.length === 0) {
      if (this.#current.length > 0) this.#timer ??= setTimeout(() => this.#set([]), HELD_MS)
      return
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!areSame(this.#current, latest)) this.#set(latest)
  }

  #set(warnings: readonly Warning[]): void {
    this.#timer = undefined
    this.#current = warnings
    this.#show?.(warnings)
  }
}

function areSame(a: readonly Warning[], b: readonly Warning[]): boolean {
  return a.length === b.length && a.every(({ name, count }, i) => name === b[i]?.name && count === b[i].count)
}
