import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/**
 * The type of a body that is a form, with the boundary of its parts, for `readForm`.
 * @throws Refusal `invalid` when it is of another type
 */
export function formType({ headers }: IncomingMessage): string {
  const type = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\b/i.test(type)) throw new Refusal('invalid', 'body: must be multipart/form-data')
  return type
}

/**
 * The bytes of a request, up to a limit of its size. Fastify's own readers close the connection when there are too
 * many; as the client is still sending, that becomes a reset, and the client never sees the answer. Here the rest is
 * read and dropped.
 * @param limit bytes
 * @throws Refusal `too_large`; `invalid` when the body ends early
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const refuse = () => {
      chunks.length = 0
      request.off('data', take)
      request.resume()
      reject(new Refusal('too_large', `body: at most ${limit} bytes`))
    }
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) refuse()
      else chunks.push(chunk)
    }
    if (Number(request.headers['content-length']) > limit) {
      refuse()
      return
    }
    request.on('data', take)
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)))
    request.on('error', (error) => reject(new Refusal('invalid', `body: ended early (${error.message})`)))
  })
}
