import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../core/errors.ts'
import type { NoteRefusal } from './error-handler.ts'

/**
 * Path traversal: records attempts to reach files above the served folders in the audit trail. They find nothing, and
 * no honest client makes them. Only 404 and 400 responses are looked at, since a label may be called "..".
 */
export function notePathTraversal(app: FastifyInstance, note: NoteRefusal): void {
  app.addHook('onResponse', (request, reply, done) => {
    if ((reply.statusCode === 404 || reply.statusCode === 400) && isPathTraversal(request.url))
      note(request, new Refusal('forbidden', 'There is nothing at an address that leads upwards.'))
    done()
  })
}

/** Whether a path has a ".." segment, in any encoding, or a NUL byte, which terminates C strings. */
export function isPathTraversal(url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  // Double encoding: some programs decode twice.
  const plain = path.replace(/%(25)+/g, '%').replace(/%(2e|2f|5c)/gi, (code) => DECODED[code.toLowerCase()] ?? '')
  return /(^|[\\/])\.\.(;?[\\/]|$)|%00/.test(plain)
}

const DECODED: Readonly<Record<string, string>> = { '%2e': '.', '%2f': '/', '%5c': '\\' }
