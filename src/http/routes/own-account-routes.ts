import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { checkNewPassword } from '../../access/users.ts'
import { Refusal } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'
import { principalOf } from '../transport/request-guard.ts'
import { MessageResponse, NoContent, Time } from '../transport/response-schemas.ts'
import { actorOf, clientInfoOf } from './account-parts.ts'
import { type SessionRouteParts, setSessionCookie } from './session-routes.ts'

const tags = ['my account']
const security = [{ key: [] }]

/** `/account`: self-service for the signed-in user: sessions, password, preferences. */
export function ownAccountRoutes(app: App, parts: SessionRouteParts): void {
  const { accounts, guard } = parts
  const { sessions, users, store, writeLimit } = accounts
  /** Strangers are refused before their body is read. */
  const onRequest = async (request: FastifyRequest) => {
    const { user, why, principal } = await guard.identify(request)
    if (user) return
    if (principal.kind === 'anonymous') throw why ?? new Refusal('unauthenticated', 'Sign in first.')
    throw new Refusal('forbidden', `${principal.name} is no account.`)
  }
  /** Whose account it is, as it is now, and the session that the request belongs to. */
  const mine = (request: FastifyRequest) => {
    const principal = principalOf(request)
    const user = request.identity?.user && users.byId(request.identity.user.id)
    if (!user) throw new Refusal('unauthenticated', `The account of ${principal.name} was removed.`)
    return { user, session: request.identity?.session }
  }

  app.get(
    '/account/sessions',
    { onRequest, schema: { summary: 'Where I am signed in', tags, security, response: { 200: SessionsResponse } } },
    async (request) => {
      const { user, session: current } = mine(request)
      return {
        sessions: sessions.of(user.id).map((session) => ({
          id: session.id,
          kind: session.cookieHash === undefined ? ('token' as const) : ('page' as const),
          created_at: session.createdAt,
          last_used_at: session.lastUsedAt,
          expires_at: session.expiresAt,
          address: session.address,
          agent: session.agent,
          current: session.id === current?.id,
        })),
      }
    },
  )
  app.delete(
    '/account/sessions',
    { onRequest, schema: { summary: 'Sign out everywhere', tags, security, response: { 204: NoContent } } },
    async (request, reply) => {
      const { user } = mine(request)
      await users.signOutEverywhere(actorOf(parts, request), user)
      return reply.code(204).send()
    },
  )
  app.delete(
    '/account/sessions/:id',
    {
      onRequest,
      schema: {
        summary: 'Sign out there',
        tags,
        security,
        params: Type.Object({ id: Type.String() }),
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const { user } = mine(request)
      const session = sessions.of(user.id).find(({ id }) => id === request.params.id)
      if (!session) throw new Refusal('not_found', 'There is no such session of yours.')
      await sessions.close(session, clientInfoOf(parts, request))
      return reply.code(204).send()
    },
  )
  app.put(
    '/account/password',
    {
      onRequest,
      schema: {
        summary: 'Another password: all other sign-ins end',
        tags,
        security,
        body: Type.Object({ old_password: Type.String(), new_password: Type.String() }),
        response: { 200: MessageResponse },
      },
    },
    async (request, reply) => {
      const { user, session } = mine(request)
      const visitor = clientInfoOf(parts, request, reply)
      await sessions.checkPassword(user, request.body.old_password, visitor)
      const password = checkNewPassword('new_password', request.body.new_password)
      // Before the first of two writes.
      writeLimit.take(user)
      const now = await users.setOwnPassword(actorOf(parts, request), user, password)
      // A password changed on the page ends all sessions; the page gets a new one and stays signed in.
      if (session?.cookieHash !== undefined)
        setSessionCookie(parts, request, reply, { value: await sessions.openFor(now, visitor), name: 'current' })
      return { message: 'Password updated successfully.' }
    },
  )

  const Preferences = Type.Record(Type.String(), Type.Unknown())
  app.get(
    '/account/preferences',
    { onRequest, schema: { summary: 'How I like the page', tags, security, response: { 200: Preferences } } },
    async (request) => {
      const { user } = mine(request)
      const kept: Record<string, unknown> = JSON.parse((await store.preferences(user.id)) ?? '{}')
      principalOf(request)
      return kept
    },
  )
  app.put(
    '/account/preferences',
    {
      onRequest,
      config: { bodyLimit: { bytes: MAX_PREFERENCES } },
      schema: {
        summary: 'How I like the page',
        description: 'Any JSON object of at most 16 KB, kept as it is.',
        tags,
        security,
        body: Preferences,
        response: { 200: Preferences },
      },
    },
    async (request) => {
      const { user } = mine(request)
      writeLimit.take(user)
      await store.setPreferences(user.id, JSON.stringify(request.body), () => void principalOf(request))
      return request.body
    },
  )
}

const MAX_PREFERENCES = 16_384

const SessionsResponse = Type.Object({
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.Enum(['token', 'page']),
      created_at: Time,
      last_used_at: Time,
      expires_at: Time,
      address: Type.String(),
      agent: Type.String({ description: 'The User-Agent at the sign-in' }),
      current: Type.Boolean({ description: 'Whether this request belongs to it' }),
    }),
  ),
})
