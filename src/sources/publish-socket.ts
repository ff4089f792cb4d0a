import { Refusal } from '../core/errors.ts'
import type { Hub } from '../core/hub.ts'
import type { Log } from '../core/log.ts'
import { SerialQueue } from '../core/serial-queue.ts'
import type { SocketContext, SocketHandler } from '../core/socket.ts'
import { checkPictureBytes, type ImageLimits } from '../wire/image-header.ts'
import { decodeImgMessage } from '../wire/img-message.ts'
import { readFrame } from './frame-fields.ts'
import type { PublishRateLimit } from './publish-rate-limit.ts'

/** What the publishing routes are handed by `server.ts`. */
export interface PublishParts {
  readonly hub: Hub
  readonly limits: PublishLimits
  /** What each publisher may send in a while. */
  readonly publishRateLimit: PublishRateLimit
  readonly log: Log
}

/** What may be published. */
export interface PublishLimits extends ImageLimits {
  /** The largest picture, or request body, in bytes. */
  readonly maxBytes: number
}

/** `WS /ws/frames`: frames from detectors, each answered in turn; a bad message never closes the socket. */
export function publishSocket(parts: PublishParts): SocketHandler {
  return ({ socket, principal, refused }) => {
    let waiting = 0
    const turns = new SerialQueue()
    const answerWith = (answer: () => Promise<string>) => {
      // Backpressure: a sender that does not wait for its answers waits for us instead.
      if (++waiting === MAX_WAITING) socket.pause()
      void turns.run(async () => {
        socket.send(await answer())
        if (waiting-- === MAX_WAITING) socket.resume()
      })
    }
    socket.listen({
      binary: (message) => answerWith(() => publish(parts, { principal, refused }, message)),
      text: () => answerWith(async () => failure('message: must be binary: a JSON header, --IMG--, the picture')),
    })
  }
}

/** How many messages of one sender may wait for the store. */
const MAX_WAITING = 4

async function publish(
  { hub, limits, publishRateLimit, log }: PublishParts,
  { principal, refused }: Pick<SocketContext, 'principal' | 'refused'>,
  message: Uint8Array,
): Promise<string> {
  try {
    publishRateLimit.take(principal, message.length)
    const { header, image } = decodeImgMessage(message)
    checkPictureBytes(image.length, limits.maxBytes, grouped)
    const published = await hub.publish(principal, readFrame(header, unpooled(image), limits), 'publish-socket')
    return published.notStored === undefined ? STORED : failure(published.notStored)
  } catch (error) {
    if (error instanceof Refusal) {
      refused(error)
      return failure(error.message)
    }
    log.error({ err: error }, 'a frame could not be published')
    return failure('internal error')
  }
}

const STORED = JSON.stringify({ status: 'ok', message: 'Frame stored successfully.' })

function failure(reason: string): string {
  return JSON.stringify({ status: 'error', message: `Failed to store frame: ${reason}` })
}

/** "10,000,000" */
function grouped(n: number): string {
  return n.toLocaleString('en-US')
}

/** A small picture must not keep the large network buffer alive that it came in. */
function unpooled(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? bytes.slice() : bytes
}
