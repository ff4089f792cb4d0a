import type { FastifyRequest } from 'fastify'
import { checkName } from '../../core/stream-name.ts'
import type { App } from '../transport/app.ts'

/** Legacy redirects: the addresses of the pages that were here before lead to those of today; without a usable name to the wall. */
export function oldAddresses(app: App): void {
  const hidden = { schema: { hide: true } }
  app.get('/index.html', hidden, (_request, reply) => reply.redirect('/', 302))
  app.get('/label.html', hidden, (request, reply) => {
    const label = nameIn(request, 'label')
    return reply.redirect(label === undefined ? '/' : `/?label=${label}`, 302)
  })
  app.get('/camera.html', hidden, (request, reply) => {
    const names = [nameIn(request, 'label'), nameIn(request, 'key')]
    const isAddress = names.every((name) => name !== undefined && !isDots(name))
    return reply.redirect(isAddress ? `/watch/${names.join('/')}` : '/', 302)
  })
  app.get('/connect', hidden, (request, reply) => reply.redirect(`/app/connect${queryOf(request)}`, 302))
}

/** The query as it was sent, with its "?"; empty if there is none. */
function queryOf({ url }: FastifyRequest): string {
  const begin = url.indexOf('?')
  return begin < 0 ? '' : url.slice(begin)
}

/** A name in the query, ready for an address; undefined if it is missing or no name. */
function nameIn(request: FastifyRequest, field: 'label' | 'key'): string | undefined {
  const query = request.url.split('?').slice(1).join('?')
  try {
    return encodeURIComponent(checkName(field, new URLSearchParams(query).get(field)))
  } catch {
    return undefined
  }
}

/** Browsers take these for the same and the upper folder, however they are encoded. */
function isDots(name: string): boolean {
  return name === '.' || name === '..'
}
