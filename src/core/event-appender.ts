import type { Clock } from './clock.ts'
import { limited } from './errors.ts'
import type { EventInput, EventPicture, ObservedChange } from './event.ts'
import type { EventPictures, PictureOwner } from './event-pictures.ts'
import type { AppendedEvent, EventStore } from './event-store.ts'
import type { EncodedImage } from './payload.ts'
import { authorize, type Principal } from './principal.ts'
import { quotaClientOf } from './quota-client.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { SharedUse } from './shared-use.ts'
import { streamId } from './stream-name.ts'

/** What an event is appended with. */
export interface AppendOptions {
  /** The picture of its stream at this moment. If it cannot be stored, the event goes without. */
  readonly image?: EncodedImage | undefined
  /** In whose share the event counts, as in `NewEvent`; default: in that of the principal. */
  readonly publisher?: string | undefined
  /** As in `NewEvent`. */
  readonly change?: ObservedChange | undefined
  /** Called right before it is appended, after all waiting; throws if it may not be any more. */
  readonly check?: (() => void) | undefined
}

/** What the appender needs; see `EventLogParts`. */
export interface EventAppenderParts {
  readonly clock: Clock
  readonly store: EventStore
  readonly pictures?: EventPictures | undefined
  readonly eventsPerMinute: number
  readonly sharedAppends?: SharedUse | undefined
}

/**
 * Appends events to the store: each principal so many a minute, and the picture of an event before the event. Events of
 * one stream keep their order, although those with a picture take longer.
 */
export class EventAppender {
  readonly #parts: EventAppenderParts
  readonly #appends: RateLimiter
  /** By stream: settles when its last event that waits for a picture, or behind one that does, may be appended. */
  readonly #turns = new Map<string, Promise<unknown>>()
  /** The pictures that are being stored: several events may come with the same one. */
  readonly #saving = new Map<EncodedImage, { readonly publisher: string | undefined; readonly saved: Saved }>()

  constructor(parts: EventAppenderParts) {
    this.#parts = parts
    this.#appends = new RateLimiter({ amount: parts.eventsPerMinute, period: 60_000 }, parts.clock, {
      shared: parts.sharedAppends,
    })
  }

  /** As `EventLog.append`. */
  async append(principal: Principal, input: EventInput, options: AppendOptions = {}): Promise<AppendedEvent> {
    const { image, publisher = quotaClientOf(principal).client, change, check } = options
    const { clock, store } = this.#parts
    authorize(principal, 'publish', input)
    if (principal.kind !== 'system') this.#countAppend(principal)
    const priority = input.priority ?? 'NORMAL'
    const event = { ...input, timestamp: clock.now(), priority, publisher, ...(change && { change }) } as const
    const stream = streamId({ label: input.label ?? '', key: input.key ?? '' })
    const earlier = this.#turns.get(stream)
    if (!image && !earlier) {
      check?.()
      return store.append(event)
    }
    // Without the result of the turn before, or each would hold all that were before it.
    const turn = Promise.all([image && this.#save(image, event), earlier?.then(() => undefined)])
    this.#turns.set(stream, turn)
    const [picture] = await turn
    if (this.#turns.get(stream) === turn) this.#turns.delete(stream)
    authorize(principal, 'publish', input)
    check?.()
    return store.append({ ...event, picture })
  }

  #save(image: EncodedImage, owner: PictureOwner): Saved {
    const { publisher } = owner
    const known = this.#saving.get(image)
    if (known && known.publisher === publisher) return known.saved
    const saved = this.#parts.pictures?.save(image, owner) ?? Promise.resolve(undefined)
    this.#saving.set(image, { publisher, saved })
    return saved.finally(() => this.#saving.delete(image))
  }

  #countAppend({ id }: Principal): void {
    const wait = this.#appends.take(id)
    if (wait === 0) return
    const most = this.#parts.eventsPerMinute
    throw limited(
      wait,
      (seconds) => `At most ${most} events a minute (limits.events_per_minute); try again in ${seconds} s.`,
      'limits.events_per_minute',
    )
  }
}

type Saved = Promise<EventPicture | undefined>
