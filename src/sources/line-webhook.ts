import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { RateLimiter } from '../core/rate-limiter.ts'
import { isJsonObject } from '../wire/json.ts'
import { readJson } from './json-body.ts'

/**
 * Sends a text to a user or a group on LINE, as `sinks/line-push.ts` does. Rejects with a sentence for the requester.
 */
export interface TextSender {
  send(to: string, text: string): Promise<void>
}

/** What the LINE webhook needs. */
export interface LineWebhookParts {
  readonly push: TextSender
  readonly clock: Clock
  readonly log: Log
  /**
   * The secret that LINE signs its webhooks with (HMAC). Undefined: unsigned ones are accepted, but few are answered.
   */
  readonly channelSecret: string | undefined
  /** How many values the JSON of a message may hold. */
  readonly maxValues: number
}

/** A response, as the API contract specifies it. */
export interface LineAnswer {
  readonly status: 200 | 207 | 500
  readonly body: object
}

type Reply = { status: 'success'; target_id: string } | { status: 'error'; message: string; target_id?: string }

/**
 * Rate limit for replies to unsigned webhooks, for all senders together, so that nobody can make this server send spam.
 */
export const UNSIGNED_PUSHES_PER_MINUTE = 10

/**
 * LINE webhook (https://developers.line.biz/en/reference/messaging-api/#webhooks). Checks the signature (HMAC) and
 * skips events that are redelivered or no messages. Whoever writes "token" is sent the ids of the group and the user, to configure programs
 * that are to send messages there.
 */
export class LineWebhook {
  readonly #parts: LineWebhookParts
  readonly #unsigned: RateLimiter

  constructor(parts: LineWebhookParts) {
    this.#parts = parts
    this.#unsigned = new RateLimiter({ amount: UNSIGNED_PUSHES_PER_MINUTE, period: 60_000 }, parts.clock)
  }

  /**
   * Checks that a message has a signature if it needs one, before its body is read.
   * @throws Refusal `unauthenticated`
   */
  checkSigned(signature: unknown): void {
    if (this.#parts.channelSecret !== undefined && (typeof signature !== 'string' || signature === ''))
      throw new Refusal('unauthenticated', 'X-Line-Signature: is required')
  }

  /**
   * Handles a webhook call and replies to the messages in it that ask for ids.
   * @param body the raw bytes, which the signature is computed over
   * @param signature the header `X-Line-Signature`
   * @throws Refusal `unauthenticated` when a signature is required and missing or wrong
   */
  async take(body: Uint8Array, signature: unknown): Promise<LineAnswer> {
    this.#checkSignature(body, signature)
    const events = eventsIn(body, this.#parts.maxValues)
    if (events === undefined) return { status: 500, body: { detail: 'Webhook processing failed' } }
    const messages = events.filter((event) => event.type === 'message' && !isRedelivery(event))
    if (messages.length === 0) return { status: 200, body: { status: 'skipped', message: 'All events skipped.' } }
    const responses = await this.#replyAll(messages)
    const failed = responses.filter((item) => item.status === 'error')
    if (failed[0]) {
      // Log once, however many there are: without a secret anybody can send thousands in one call.
      const { message, target_id: target } = failed[0]
      this.#parts.log.warn({ target, count: failed.length }, `a message of LINE could not be answered: ${message}`)
      return { status: 207, body: { status: 'partial_error', responses } }
    }
    return { status: 200, body: { status: 'ok', responses } }
  }

  #checkSignature(body: Uint8Array, signature: unknown): void {
    this.checkSigned(signature)
    const { channelSecret } = this.#parts
    if (channelSecret === undefined) return
    const expected = Buffer.from(createHmac('sha256', channelSecret).update(body).digest('base64'))
    const given = Buffer.from(typeof signature === 'string' ? signature : '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new Refusal('unauthenticated', 'X-Line-Signature: is not that of this message')
  }

  /** One result for each event that asks for ids or has no message; identical replies are sent once. */
  #replyAll(events: readonly Fields[]): Promise<Reply[]> {
    const sent = new Map<string, Promise<Reply>>()
    return Promise.all(
      events.flatMap((event): (Reply | Promise<Reply>)[] => {
        if (!isJsonObject(event.message)) return [NO_MESSAGE]
        const request = idRequestIn(event, event.message)
        if (!request) return []
        const text = replyTo(request)
        const item = sent.get(text) ?? this.#send(request.groupId ?? request.userId, text)
        sent.set(text, item)
        return [item]
      }),
    )
  }

  async #send(target: string | undefined, text: string): Promise<Reply> {
    if (target === undefined) return { status: 'error', message: 'The message names neither a group nor a user.' }
    try {
      if (!this.#mayPush()) throw new Error('Too many messages that LINE has not signed; try again in a minute.')
      await this.#parts.push.send(target, text)
      return { status: 'success', target_id: target }
    } catch (error) {
      return { status: 'error', message: messageOf(error), target_id: target }
    }
  }

  #mayPush(): boolean {
    return this.#parts.channelSecret !== undefined || this.#unsigned.take('anybody') === 0
  }
}

/** A message that contains "token": who wrote it, and in which group. */
interface IdRequest {
  readonly groupId: string | undefined
  readonly userId: string | undefined
}

/** The result of an event that is said to be a message, and has none. */
const NO_MESSAGE: Reply = { status: 'error', message: 'The event has no message.' }

/** None where the body names none; undefined if it is malformed. */
function eventsIn(body: Uint8Array, maxValues: number): Fields[] | undefined {
  let message: unknown
  try {
    message = readJson(body, { maxValues })
  } catch {
    return undefined
  }
  if (!isJsonObject(message)) return undefined
  const { events = [] } = message
  return Array.isArray(events) && events.every(isJsonObject) ? events : undefined
}

function isRedelivery(event: Fields): boolean {
  return fieldsOf(event.deliveryContext).isRedelivery === true
}

function idRequestIn(event: Fields, { type, text }: Fields): IdRequest | undefined {
  if (type !== 'text') return undefined
  // Phone keyboards capitalize the first letter of a message.
  if (typeof text !== 'string' || !text.toLowerCase().includes('token')) return undefined
  const { groupId, userId } = fieldsOf(event.source)
  return { groupId: idOf(groupId), userId: idOf(userId) }
}

function replyTo({ groupId, userId }: IdRequest): string {
  const lines = [groupId !== undefined && `Group ID: ${groupId}`, userId !== undefined && `User ID: ${userId}`]
  return lines.filter((line) => line !== false).join('\n')
}

/** LINE's ids have 33 characters; up to 100 are accepted. */
function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,100}$/.test(value) ? value : undefined
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return isJsonObject(value) ? value : {}
}
