import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../core/errors.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import { type Holder, heldBytesRefusal } from '../core/held-bytes.ts'
import type { Quota } from '../core/quota.ts'
import type { Pause } from '../wire/multipart.ts'

/** The size limit of a request body. */
export interface BodyLimit {
  readonly bytes: number
  /** The setting that it comes from: "http.body_bytes". */
  readonly setting?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The memory that the body takes, which `release` gives back; undefined without a body. */
    heldBody: { release(): void } | undefined
  }
}

/**
 * Reads the body of a request, up to a size limit. What it takes counts as the requester's (`limits.held_bytes`) until
 * the request has been answered.
 * @throws Refusal `too_large`; `invalid` when the body ends early; `limited` or `exhausted` when too much is held
 */
export type ReadBody = (request: FastifyRequest, limit: BodyLimit) => Promise<Buffer>

/**
 * Makes the one reader of all request bodies. Fastify's own would close the connection when a limit is exceeded; as the
 * client is still sending, that becomes a TCP reset, and the client never sees the response. Here the rest is left to
 * `http/transport/unread-bodies.ts`.
 * @param holderOf who a request is from
 * @param turns those in which large bodies are handed to their routes, which parse them at once
 */
export function bodyReader(
  heldBytes: Quota,
  holderOf: (request: FastifyRequest) => Holder,
  turns: EventLoopTurns,
): ReadBody {
  return (request, limit) =>
    new Promise((resolve, reject) => {
      const { raw } = request
      const declared = Number(raw.headers['content-length'])
      const body = new BodyBuffer(declared)
      const holder = holderOf(request)
      const holding = new Holding(heldBytes, holder)
      // Not a function: V8 moved every request with a closure on it to the old generation (17 µs each).
      request.heldBody = holding
      const refuse = (refusal: Refusal) => {
        body.clear()
        holding.release()
        raw.off('data', take)
        raw.pause()
        reject(refusal)
      }
      const take = (chunk: Buffer) => {
        if (body.length + chunk.length > limit.bytes) {
          refuse(tooLarge(limit))
          return
        }
        const refusal = holding.add(body.costOf(chunk))
        if (refusal) refuse(refusal)
        else body.add(chunk)
      }
      if (declared > limit.bytes) {
        refuse(tooLarge(limit))
        return
      }
      raw.on('data', take)
      raw.on('end', () =>
        turns.handle(holder.client, body.length, () => {
          resolve(body.whole())
          body.clear()
        }),
      )
      raw.on('error', (error) => refuse(new Refusal('invalid', `body: ended early (${error.message})`)))
    })
}

/**
 * The `Content-Type` of a form, including its boundary, for `readForm`.
 * @throws Refusal `invalid` when the body has another type
 */
export function formType(request: IncomingMessage): string {
  if (!isForm(request)) throw new Refusal('invalid', 'body: must be multipart/form-data')
  return request.headers['content-type'] ?? ''
}

/** Whether the body of a request is a form, for `readForm`. */
export function isForm({ headers }: IncomingMessage): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')
}

/** Lets others have their turn, for `readForm`. */
export const nextTurn: Pause = () => new Promise((resolve) => setImmediate(resolve))

function tooLarge({ bytes, setting }: BodyLimit): Refusal {
  const name = setting === undefined ? '' : ` (${setting})`
  return new Refusal('too_large', `body: at most ${bytes} bytes${name}`, { limit: setting })
}

/**
 * Collects the chunks of a body. Those of a large one with a `Content-Length` are copied to their place as they arrive:
 * joining ten megabytes at the end took up to 100 ms, mostly for memory that was touched for the first time.
 */
class BodyBuffer {
  length = 0
  readonly #declared: number
  readonly #chunks: Buffer[] = []
  /** The whole body, of which the first `length` bytes are there. */
  #large: Buffer | undefined

  /** @param declared the `Content-Length`; NaN without one */
  constructor(declared: number) {
    this.#declared = declared
  }

  /** How much more memory it takes with this chunk, in bytes. */
  costOf(chunk: Buffer): number {
    if (this.#large) return 0
    return this.#becomesLarge(chunk) ? this.#declared - this.length : chunk.length + CHUNK_BYTES
  }

  add(chunk: Buffer): void {
    if (!this.#large && this.#becomesLarge(chunk)) {
      this.#large = Buffer.allocUnsafeSlow(this.#declared)
      let at = 0
      for (const each of this.#chunks) at += each.copy(this.#large, at)
      this.#chunks.length = 0
    }
    if (this.#large) chunk.copy(this.#large, this.length)
    else this.#chunks.push(chunk)
    this.length += chunk.length
  }

  whole(): Buffer {
    if (this.#large) return this.#large
    const [first, second] = this.#chunks
    return first && !second ? first : Buffer.concat(this.#chunks, this.length)
  }

  clear(): void {
    this.#chunks.length = 0
    this.#large = undefined
  }

  /** Whether enough has come that the rest may be expected. */
  #becomesLarge(chunk: Buffer): boolean {
    return this.length + chunk.length >= LARGE_BYTES && this.#declared > this.length + chunk.length
  }
}

/** Above this room is made for a whole body, in bytes. */
const LARGE_BYTES = 256 * 1024

/** The memory that one body takes, counted in steps, as most bodies come in few chunks. */
class Holding {
  readonly #heldBytes: Quota
  readonly #holder: Holder
  #needed = -FREE_BYTES
  #held = 0

  constructor(heldBytes: Quota, holder: Holder) {
    this.#heldBytes = heldBytes
    this.#holder = holder
  }

  /** @returns the refusal if there is no room for so many more bytes */
  add(bytes: number): Refusal | undefined {
    this.#needed += bytes
    if (this.#needed <= this.#held) return undefined
    const { client, isPrivileged } = this.#holder
    const more = Math.ceil((this.#needed - this.#held) / STEP_BYTES) * STEP_BYTES
    const bound = this.#heldBytes.take(client, more, isPrivileged)
    if (bound !== undefined) return heldBytesRefusal(bound, this.#heldBytes.rules)
    this.#held += more
    return undefined
  }

  release(): void {
    if (this.#held > 0) this.#heldBytes.give(this.#holder.client, this.#held)
    this.#held = 0
  }
}

const STEP_BYTES = 16_384

/** What a body may take without counting, so that people can sign in while others have taken all the memory. */
const FREE_BYTES = 20_480

/** What a chunk takes besides its bytes: whoever sends single bytes takes hundreds of times what they send. */
const CHUNK_BYTES = 256
