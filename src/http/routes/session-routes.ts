import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { ignoreNotStored } from '../../access/account-changes.ts'
import type { Identity } from '../../access/identity.ts'
import { hasAllLabels } from '../../access/permissions.ts'
import type { ShownCookie } from '../../access/session-cookie.ts'
import type { LoginCredentials } from '../../access/sessions.ts'
import { ACTIONS, mayAny } from '../../core/authorization.ts'
import { Refusal } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'
import { NoContent, Time } from '../transport/response-schemas.ts'
import { type AccountRouteParts, clientInfoOf, type PublicRouteParts } from './account-parts.ts'
import { endGuest } from './guest-routes.ts'

/** What the page's session routes need. */
export interface SessionRouteParts extends PublicRouteParts {
  /** How long an unused session stays valid, ms. */
  readonly sessionLife: number
}

/** `/session`, the page's cookie session: who the requester is and may do, sign-in, sign-out. */
export function sessionRoutes(app: App, parts: SessionRouteParts): void {
  const { guard } = parts
  const tags = ['page']
  app.get(
    '/session',
    { schema: { summary: 'Who this is, and what they may do', tags, response: { 200: SessionResponse } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const identity = await guard.identify(request)
      // Sliding expiry: the page requests this whenever it is opened, which renews the cookie's Max-Age.
      const shown = parts.accounts.authenticator.findCookie(request.raw)
      if (shown && shown.identity.session?.id === identity.session?.id)
        setSessionCookie(parts, request, reply, shown.cookie)
      return describe(identity, parts)
    },
  )
  app.post(
    '/session',
    {
      config: { bodyLimit: parts.publicBody },
      schema: {
        summary: 'Sign in on the page: sets a cookie',
        tags,
        body: Type.Object({ username: Type.String(), password: Type.String() }),
        response: { 200: SessionResponse },
      },
      // Login CSRF: a page of another site could sign its visitors in as somebody else.
      onRequest: [guard.limitPublic, async (request) => guard.checkSameSite(request)],
    },
    async (request, reply) => {
      return describe(await openPageSession(parts, request, reply, request.body), parts)
    },
  )
  app.delete(
    '/session',
    {
      config: { bodyLimit: parts.publicBody },
      onRequest: guard.limitPublic,
      schema: { summary: 'Sign out on the page', tags, response: { 204: NoContent } },
    },
    async (request, reply) => {
      await endPageSession(parts, request, reply)
      return reply.code(204).send()
    },
  )
}

const Text = Type.String()
const SessionResponse = Type.Object({
  kind: Type.String({ description: 'user, key, link or anonymous' }),
  name: Text,
  may: Type.Array(Type.Enum([...ACTIONS]), { description: 'What they may do, if only on some labels' }),
  user: Type.Optional(
    Type.Object({
      user_id: Type.Integer(),
      username: Text,
      role: Text,
      labels: Type.Union([Type.Array(Text), Type.Null()], { description: 'null: all' }),
    }),
  ),
  link: Type.Optional(
    Type.Object({
      name: Text,
      expires_at: Time,
      metadata: Type.Boolean({ description: 'Whether it shows all that came with the pictures' }),
      streams: Type.Array(Type.Object({ label: Text, key: Type.Optional(Text) })),
    }),
  ),
  why: Type.Optional(Type.String({ description: 'Why somebody who has not signed in may not do more' })),
})

/**
 * Signs a user in on a page: sets its cookie, and closes the session that the browser had before.
 * @throws Refusal as of `Sessions.open`
 */
export async function openPageSession(
  parts: SessionRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: LoginCredentials,
): Promise<Identity> {
  const { sessions, authenticator } = parts.accounts
  const visitor = clientInfoOf(parts, request, reply)
  const cookie = await sessions.open(credentials, visitor)
  const before = authenticator.findCookie(request.raw)
  if (before?.identity.session) await sessions.close(before.identity.session, visitor).catch(ignoreNotStored)
  endGuest(parts, request, reply)
  setSessionCookie(parts, request, reply, { value: cookie, name: before?.cookie.name ?? 'current' })
  const identity = authenticator.ofCookie(cookie)
  if (!identity) throw new Refusal('unauthenticated', 'This sign-in has been ended already.')
  return identity
}

/**
 * Ends the session of a page and takes its cookie away; that of a guest too, as nobody is left after signing out.
 * @throws Refusal as of `RequestGuard.identify`; `not_stored` when it is in force only
 */
export async function endPageSession(
  parts: SessionRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { session } = await parts.guard.identify(request)
  // First, since the session ends even if that cannot be stored.
  reply.header('set-cookie', parts.accounts.sessionCookie.clear(request.raw))
  endGuest(parts, request, reply)
  if (session) await parts.accounts.sessions.close(session, clientInfoOf(parts, request))
}

/** Sets the session cookie, or keeps it for longer. */
export function setSessionCookie(
  { accounts, sessionLife }: SessionRouteParts,
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: ShownCookie,
): void {
  reply.header('set-cookie', accounts.sessionCookie.set(request.raw, cookie, sessionLife))
}

function describe({ principal, user, why }: Identity, { accounts }: AccountRouteParts) {
  const link =
    principal.kind === 'link' ? accounts.links.all.find(({ id }) => principal.id === `link:${id}`) : undefined
  return {
    kind: principal.kind,
    name: principal.name,
    may: ACTIONS.filter((action) => mayAny(principal, action)),
    ...(user && {
      user: {
        user_id: user.id,
        username: user.username,
        role: user.role,
        labels: hasAllLabels(user) ? null : [...user.labels],
      },
    }),
    ...(link && {
      link: { name: link.name, expires_at: link.expiresAt, metadata: link.showsMetadata, streams: [...link.streams] },
    }),
    ...(why && { why: why.message }),
  }
}
