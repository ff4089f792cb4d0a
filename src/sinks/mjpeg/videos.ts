import type { Connection } from '../../core/connection.ts'
import { Deadlines } from '../../core/deadline.ts'
import { Refusal } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../../core/quota.ts'
import { Video, type VideoParts, type VideoRequest } from './video.ts'

/** What all videos together need. */
export interface VideosParts extends Omit<VideoParts, 'deadlines'> {
  /** How many may be open at once, and how many of one client. */
  readonly places: QuotaRules
  /** When to come again if there is no place, ms. */
  readonly fullRetry: number
}

/** All MJPEG responses. */
export class Videos {
  readonly #parts: VideosParts & VideoParts
  readonly #places: Quota
  /** How many are open that are known by this name. */
  readonly #open = new Map<string, number>()

  constructor(parts: VideosParts) {
    this.#parts = { ...parts, deadlines: new Deadlines(parts.clock, RESOLUTION_MS) }
    this.#places = new Quota(parts.places)
  }

  /** How many are open. */
  get count(): number {
    return this.#places.used
  }

  /** Whether a video of that id is open for the principal. */
  isOpen(principal: Principal, id: string): boolean {
    return this.#open.has(nameOf(principal, id))
  }

  /**
   * Serves a video on a connection until that is closed.
   * @throws Refusal `forbidden` when its principal may not see the stream, `exhausted` when there is no place for it;
   *   nothing was written then
   */
  open(request: VideoRequest, connection: Connection): void {
    const { client, isPrivileged } = request.owner
    const bound = this.#places.take(client, 1, isPrivileged)
    if (bound) throw placeRefusal(bound, this.#parts.fullRetry / 1000)
    const name = request.id === undefined ? undefined : nameOf(request.principal, request.id)
    this.#count(name, +1)
    const giveBack = () => {
      this.#places.give(client, 1)
      this.#count(name, -1)
    }
    try {
      new Video(this.#parts, request, connection, giveBack)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  #count(name: string | undefined, change: 1 | -1): void {
    if (name === undefined) return
    const count = (this.#open.get(name) ?? 0) + change
    if (count > 0) this.#open.set(name, count)
    else this.#open.delete(name)
  }
}

function nameOf(principal: Principal, id: string): string {
  return JSON.stringify([principal.id, id])
}

function placeRefusal(bound: QuotaBound, retryAfter: number): Refusal {
  const limit = LIMITS[bound]
  const whose = bound === 'share' ? ' of one client' : ''
  const left = bound === 'open' ? '; the places left are for admins and publishers' : ''
  return new Refusal('exhausted', `Too many videos${whose} are open${left} (${limit}).`, { limit, retryAfter })
}

const LIMITS = {
  share: 'streaming.videos_per_client',
  open: 'streaming.reserved_percent',
  max: 'streaming.max_videos',
} as const

/** How late a picture may be repeated, or a slate be shown. */
const RESOLUTION_MS = 25
