import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../core/errors.ts'
import type { NoteRefusal } from './error-handler.ts'

/**
 * Path traversal: keeps a record of who asks for what lies above the folders that are served. There is nothing, and no
 * honest client asks. A label may be called "..", so what there is is left alone.
 */
export function notePathTraversal(app: FastifyInstance, note: NoteRefusal): void {
  app.addHook('onResponse', (request, reply, done) => {
    if ((reply.statusCode === 404 || reply.statusCode === 400) && isPathTraversal(request.url))
      note(request, new Refusal('forbidden', 'There is nothing at an address that leads upwards.'))
    done()
  })
}

/** Whether a path has a segment "..", however it is encoded, or a NUL, which ends names in other programs. */
export function isPathTraversal(url: string): boolean {
  const path = url.split('?', 1)[0] ?? ''
  // What was encoded twice is decoded twice by somebody.
  const plain = path.replace(/%(25)+/g, '%').replace(/%(2e|2f|5c)/gi, (code) => DECODED[code.toLowerCase()] ?? '')
  return /(^|[\\/])\.\.(;?[\\/]|$)|%00/.test(plain)
}

const DECODED: Readonly<Record<string, string>> = { '%2e': '.', '%2f': '/', '%5c': '\\' }
