import type { IncomingMessage } from 'node:http'
import { Refusal } from '../core/errors.ts'

/**
 * The `Content-Type` of a form, including its boundary, for `readForm`.
 * @throws Refusal `invalid` when the body has another type
 */
export function formType({ headers }: IncomingMessage): string {
  const type = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\b/i.test(type)) throw new Refusal('invalid', 'body: must be multipart/form-data')
  return type
}

/**
 * Reads the body of a request, up to a size limit. Fastify's own parsers close the connection when the limit is
 * exceeded; as the client is still sending, that becomes a TCP reset, and the client never sees the response. Here the
 * rest is read and discarded.
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
