import type { FastifyReply, FastifyRequest } from 'fastify'
import { messageOf, Refusal } from '../../core/errors.ts'
import { nextTurn, type ReadBody } from '../../sources/request-body.ts'
import { type FormPart, readForm } from '../../wire/multipart.ts'
import { textOf, urlEncodedFields } from '../../wire/utf8.ts'
import { logInPage } from '../page/log-in-page.ts'
import type { App } from '../transport/app.ts'
import { statusOf } from '../transport/error-handler.ts'
import { endPageSession, openPageSession, type SessionRouteParts } from './session-routes.ts'

/** What logging in by a form needs. */
export interface FormSessionRouteParts extends SessionRouteParts {
  readonly readBody: ReadBody
}

/**
 * Logging in and out without JavaScript, as the old beamline viewer's page and programs do: `POST /login` as a form, which
 * sets the page's cookie, and `GET /logout`. `POST /login` with JSON is another route (`token-routes.ts`).
 */
export function formSessionRoutes(app: App, parts: FormSessionRouteParts): void {
  const { guard } = parts
  const schema = { hide: true }
  app.addConstraintStrategy(BY_FORM)
  app.get('/login', { schema }, (_request, reply) => answer(reply, 200))
  app.post(
    '/login',
    {
      schema,
      constraints: { form: true },
      // Login CSRF: a page of another site could sign its visitors in as somebody else.
      onRequest: [guard.limitPublic, async (request) => guard.checkSameSite(request)],
    },
    async (request, reply) => {
      try {
        await openPageSession(parts, request, reply, await credentialsIn(parts, request))
      } catch (error) {
        return answerRefusal(parts, request, reply, error)
      }
      // Of a form that was posted: the page is to be got.
      return reply.redirect('/', 303)
    },
  )
  app.get('/logout', { schema, exposeHeadRoute: false, onRequest: guard.limitPublic }, async (request, reply) => {
    if (isFollowed(request)) await endPageSession(parts, request, reply)
    return reply.redirect('/', 303)
  })
}

/**
 * Whether somebody has followed a link to get here, of this server or typed, as far as the browser tells. Cookies are for all
 * ports of a host, so pages of its other servers could send them; and browsers load what may be followed next before it is.
 */
function isFollowed({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'] ?? 'none'
  const isAhead = /\bprefetch\b/.test(`${headers['sec-purpose']} ${headers.purpose}`)
  return (site === 'none' || site === 'same-origin') && !isAhead
}

type Strategy = Parameters<App['addConstraintStrategy']>[0]

/** Tells forms from JSON at the same path. */
const BY_FORM: Strategy = {
  name: 'form',
  storage() {
    let route: ReturnType<ReturnType<Strategy['storage']>['get']> = null
    return {
      get: (isForm) => (isForm === true ? route : null),
      set(_, added) {
        route = added
      },
    }
  },
  deriveConstraint: ({ headers }) =>
    /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(headers['content-type'] ?? '') || undefined,
}

/**
 * What was typed into the form, in either of the types that HTML has for one.
 * @throws Refusal as of `ReadBody`, `readForm`, `textOf`
 */
async function credentialsIn({ readBody, publicBody }: FormSessionRouteParts, request: FastifyRequest) {
  const body = await readBody(request, publicBody)
  const type = request.headers['content-type'] ?? ''
  const fields = /^multipart\b/i.test(type) ? typedFields(await readForm(type, body, nextTurn)) : urlEncodedFields(body)
  return { username: fields.get('username') ?? '', password: fields.get('password') ?? '' }
}

function typedFields(parts: readonly FormPart[]): ReadonlyMap<string, string> {
  const typed = parts.filter(({ name, isFile }) => !isFile && (name === 'username' || name === 'password'))
  return new Map(typed.map(({ name, bytes }) => [name, textOf(name, bytes)]))
}

/** The log-in page once more, with what is wrong; a wrong password is answered as the old viewer did. */
function answerRefusal(
  { guard }: FormSessionRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  if (!(error instanceof Refusal)) throw error
  guard.noteRefusal(request, error)
  request.isRefused = true
  if (error.code === 'unauthenticated') return answer(reply, 200, 'Try again...')
  if (error.retryAfter !== undefined) reply.header('retry-after', Math.ceil(error.retryAfter))
  return answer(reply, statusOf(error.code), messageOf(error))
}

function answer(reply: FastifyReply, status: number, message?: string): FastifyReply {
  const { html, nonce } = logInPage(reply.request.basePath, message)
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'content-security-policy': reply.server.contentPolicies.page(nonce) })
    .type('text/html; charset=utf-8')
    .send(html)
}
