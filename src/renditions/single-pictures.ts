import { messageOf, Refusal } from '../core/errors.ts'
import { type Frame, type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { Size } from '../core/payload.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import { withPayload } from './rendition.ts'
import type { RenditionCounts } from './rendition-counts.ts'
import type { Rung } from './rungs.ts'
import type { ScaleTurns, ScaleWork } from './scale-turns.ts'
import { type ScaledPictures, type ScaleJob, UndecodablePicture } from './scaler.ts'

/**
 * Makes pictures of single frames, for snapshots. Who wants the same picture at the same time shares it, and waits on account
 * of whoever asked first: a page of which hundreds are open asks for each picture hundreds of times at once.
 */
export class SinglePictures {
  readonly #turns: ScaleTurns
  readonly #counts: RenditionCounts
  readonly #waiting: Quota
  /** What is being made of each frame, by rung. */
  readonly #underWay = new WeakMap<Frame, Map<string, SinglePicture>>()

  /** @param rules how many pictures may be waited for */
  constructor(turns: ScaleTurns, counts: RenditionCounts, rules: QuotaRules) {
    this.#turns = turns
    this.#counts = counts
    this.#waiting = new Quota(rules)
  }

  /**
   * The frame with a picture of that size.
   * @param signal ends the waiting
   * @throws Refusal `invalid` when it cannot be decoded; `unavailable` when it was not made; `limited` or `exhausted`
   *   when too many are waiting; the signal's reason
   */
  async make(
    frame: Frame,
    rung: Rung,
    size: Size,
    { client, isPrivileged }: QuotaClient,
    signal?: AbortSignal,
  ): Promise<ImageFrame> {
    signal?.throwIfAborted()
    const ofFrame = this.#underWay.get(frame) ?? new Map<string, SinglePicture>()
    let picture = ofFrame.get(rung.id)
    if (!picture) {
      const bound = this.#waiting.take(client, 1, isPrivileged)
      if (bound) throw tooMany(bound, this.#waiting.rules)
      const { jpegQuality, format, colouring } = rung
      const job = { picture: frame.payload, outputs: [{ ...size, jpegQuality, format, colouring }] }
      picture = new SinglePicture(job, client)
      ofFrame.set(rung.id, picture)
      this.#underWay.set(frame, ofFrame)
      this.#turns.addSingle(picture.turnOf, picture)
    }
    picture.askers++
    try {
      const { pictures, isDamaged } = await unlessAborted(picture.made, signal)
      const [payload] = pictures
      if (!payload) throw new Error('the scaler made no picture')
      if (picture.isFirst()) {
        this.#counts.made++
        if (isDamaged) this.#counts.damaged++
      }
      return withPayload(frame, payload)
    } catch (error) {
      if (signal?.aborted) throw error
      if (picture.isFirst()) this.#counts.failed[error instanceof UndecodablePicture ? 'undecodable' : 'thread']++
      throw refusalOf(error, frame)
    } finally {
      if (--picture.askers === 0) {
        this.#waiting.give(picture.client, 1)
        this.#turns.removeSingle(picture.turnOf, picture)
        ofFrame.delete(rung.id)
      }
    }
  }
}

class SinglePicture implements ScaleWork {
  /** Who asked first, on whose account it is waited for; as in `QuotaClient`. */
  readonly client: string | undefined
  askers = 0
  readonly #job: ScaleJob
  readonly #outcome = Promise.withResolvers<ScaledPictures>()
  #isCounted = false

  constructor(job: ScaleJob, client: string | undefined) {
    this.#job = job
    this.client = client
    // Those who wait may all have gone.
    this.#outcome.promise.catch(() => {})
  }

  /** In whose turn it is made. */
  get turnOf(): string {
    return this.client ?? ''
  }

  get made(): Promise<ScaledPictures> {
    return this.#outcome.promise
  }

  /** Whether this is the first call: however many share it, it is counted once. */
  isFirst(): boolean {
    const isFirst = !this.#isCounted
    this.#isCounted = true
    return isFirst
  }

  begin(): ScaleJob {
    return this.#job
  }

  done(made: ScaledPictures): void {
    this.#outcome.resolve(made)
  }

  failed(error: unknown): void {
    this.#outcome.reject(error)
  }
}

/** @throws the signal's reason, as soon as it is aborted */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function refusalOf(error: unknown, frame: Frame): Refusal {
  if (error instanceof UndecodablePicture) {
    const what = isImageFrame(frame) ? 'This picture cannot be decoded' : 'This array cannot be drawn'
    return new Refusal('invalid', `${what}: ${messageOf(error)}`)
  }
  return new Refusal('unavailable', `The picture could not be made: ${messageOf(error)}`)
}

function tooMany(bound: QuotaBound, { max, share }: QuotaRules): Refusal {
  if (bound === 'share')
    return new Refusal(
      'limited',
      `You wait for ${share} different pictures already, which is the limit (renditions.waiting_per_client).`,
      {
        limit: 'renditions.waiting_per_client',
        retryAfter: 1,
      },
    )
  const limit = bound === 'open' ? 'renditions.waiting_reserved' : 'renditions.waiting'
  return new Refusal(
    'exhausted',
    `So many pictures are waited for already that no more may be (${limit}, ${max} in all).`,
    {
      limit,
      retryAfter: 1,
    },
  )
}
