import type { FastifyRequest } from 'fastify'
import { checkName } from '../../core/stream-name.ts'
import type { App } from '../transport/app.ts'

/** Legacy redirects (302): URLs of the former pages to today's; to the wall (`/`) if a name is missing or invalid. */
export function addLegacyRedirects(app: App): void {
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

/** The query string as sent, with its "?"; empty if there is none. */
function queryOf({ url }: FastifyRequest): string {
  const begin = url.indexOf('?')
  return begin < 0 ? '' : url.slice(begin)
}

/** A name from the query, percent-encoded; undefined if it is missing or invalid. */
function nameIn(request: FastifyRequest, field: 'label' | 'key'): string | undefined {
  const query = request.url.split('?').slice(1).join('?')
  try {
    return encodeURIComponent(checkName(field, new URLSearchParams(query).get(field)))
  } catch {
    return undefined
  }
}

/** Browsers resolve these path segments as the current and the parent folder, even when percent-encoded. */
function isDots(name: string): boolean {
  return name === '.' || name === '..'
}
