import { Refusal } from '../core/errors.ts'
import type { Hub } from '../core/hub.ts'
import type { Log } from '../core/log.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import type { SocketContext, SocketHandler } from '../core/socket.ts'
import { checkPictureBytes } from '../wire/image-header.ts'
import { decodeImgMessage } from '../wire/img-message.ts'
import { jsonFields } from '../wire/json-fields.ts'
import { type FrameLimits, readFrame, readStreamName } from './frame-fields.ts'
import type { PublishRateLimit } from './publish-rate-limit.ts'
import { storedAnswer } from './stored-answer.ts'

/** What the publishing routes need; created in `server.ts`. */
export interface PublishParts {
  readonly hub: Hub
  readonly limits: PublishLimits
  /** The rate limit of each publisher. */
  readonly publishRateLimit: PublishRateLimit
  readonly log: Log
}

/** Limits for what is published. */
export interface PublishLimits extends FrameLimits {
  /** The largest picture, or request body, in bytes. */
  readonly maxBytes: number
  /** The largest JSON header of a message, in bytes. */
  readonly maxHeaderBytes: number
}

/** `WS /ws/frames`: frames from detectors, each answered in order; a bad message never closes the socket. */
export function publishSocket(parts: PublishParts): SocketHandler {
  return ({ socket, principal, refused }) => {
    let waiting = 0
    let bytes = 0
    let isPaused = false
    const queue = new SerialQueue()
    const answerWith = (length: number, answer: () => Promise<Answer>) => {
      waiting++
      bytes += length
      socket.holds(bytes)
      // Backpressure: while a sender does not wait for the responses, its socket is not read.
      isPaused ||= waiting >= MAX_WAITING || bytes >= MAX_WAITING_BYTES
      if (isPaused) socket.pause()
      void queue.run(async () => {
        const { text, isRefused } = await answer()
        if (isRefused) socket.chargeRefused(length)
        // An accepted frame is limited by its bytes.
        else socket.charge(-1)
        socket.send(text)
        waiting--
        bytes -= length
        socket.holds(bytes)
        if (!isPaused || waiting >= MAX_WAITING || bytes >= MAX_WAITING_BYTES) return
        isPaused = false
        socket.resume()
      })
    }
    socket.listen({
      binary: (message) => answerWith(message.length, () => publish(parts, { principal, refused }, message)),
      text: (message) => answerWith(message.length, async () => refusal(NOT_BINARY)),
    })
  }
}

/** How many messages of one sender may be waiting for the store, and from how many bytes on no more are read. */
const MAX_WAITING = 4
const MAX_WAITING_BYTES = 1_000_000

const NOT_BINARY = 'message: must be binary: a JSON header, --IMG--, the picture'

async function publish(
  { hub, limits, publishRateLimit, log }: PublishParts,
  { principal, refused }: Pick<SocketContext, 'principal' | 'refused'>,
  message: Uint8Array,
): Promise<Answer> {
  try {
    publishRateLimit.take(principal, message.length)
    const { header, json, image } = decodeImgMessage(message, {
      maxBytes: limits.maxHeaderBytes,
      // All fields are in it.
      maxValues: 2 * limits.maxValues,
    })
    checkPictureBytes(image.length, limits.maxBytes, grouped)
    const fields = asTexts(header, json)
    readStreamName(fields)
    // Old detectors send an empty picture when their camera delivered nothing.
    if (image.length === 0) return { text: stored(), isRefused: false }
    const { input, note } = readFrame(fields, image, limits)
    const published = await hub.publish(principal, input, 'publish-socket')
    // It was shown nevertheless.
    return { text: published.notStored === undefined ? stored(note) : failure(published.notStored), isRefused: false }
  } catch (error) {
    if (error instanceof Refusal) {
      refused(error)
      return refusal(error.message)
    }
    log.error({ err: error }, 'a frame could not be published')
    return refusal('internal error')
  }
}

/** The fields of a header, JSON and names as the texts that were sent, though they may have been sent as values and numbers. */
function asTexts(header: Record<string, unknown>, json: string): Record<string, unknown> {
  const areValues = Object.keys(header).filter((name) =>
    name.endsWith('_json') ? isValue(header[name]) : NAMES.has(name) && typeof header[name] === 'number',
  )
  if (areValues.length === 0) return header
  const texts = jsonFields(json)
  return { ...header, ...Object.fromEntries(areValues.map((name) => [name, texts.get(name)])) }
}

const NAMES = new Set(['label', 'key'])

function isValue(field: unknown): boolean {
  return typeof field !== 'string' && field !== null
}

/** What a message is answered, and whether that is the sender's fault. */
interface Answer {
  readonly text: string
  readonly isRefused: boolean
}

function refusal(reason: string): Answer {
  return { text: failure(reason), isRefused: true }
}

function stored(note?: string): string {
  return JSON.stringify(storedAnswer(note))
}

function failure(reason: string): string {
  return JSON.stringify({ status: 'error', message: `Failed to store frame: ${reason}` })
}

/** With thousands separators: "10,000,000". */
function grouped(n: number): string {
  return n.toLocaleString('en-US')
}
