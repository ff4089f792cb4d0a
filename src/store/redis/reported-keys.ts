import type { NewEvent } from '../../core/event.ts'
import { streamId } from '../../core/stream-name.ts'
import type { EventKeys } from './event-keys.ts'

/** The keys of the streams of which some events say that they have changed, each once. */
export class ReportedKeys {
  readonly #numbers = new Map<string, number>()
  readonly #keys: EventKeys
  readonly keys: Buffer[] = []

  constructor(keys: EventKeys) {
    this.#keys = keys
  }

  /** What the script is told of an event's change. @param now ms since 1970 */
  textsOf({ change, label, key, timestamp }: NewEvent, now: number): readonly string[] {
    if (!change || label === undefined || key === undefined) return NO_CHANGE
    const name = { label, key }
    const id = streamId(name)
    const number = this.#numbers.get(id) ?? this.keys.push(this.#keys.reported(name))
    this.#numbers.set(id, number)
    const age = Math.round(change.age + Math.max(0, now - timestamp))
    return [String(number), change.of, change.to, String(age)]
  }
}

const NO_CHANGE = ['0', '', '', '0']
