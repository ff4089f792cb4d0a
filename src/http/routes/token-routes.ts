import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { authorizationOf } from '../../access/request-credentials.ts'
import { Refusal } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'
import { MessageResponse } from '../transport/response-schemas.ts'
import { type AccountRouteParts, clientInfoOf, type PublicRouteParts } from './account-parts.ts'

const Text = Type.String()
const tags = ['accounts']

/** The refresh token may be missing, and so may the whole body: the handlers answer that themselves. */
const MaybeRefreshToken = Type.Union([
  Type.Object({ refresh_token: Type.Optional(Type.Union([Text, Type.Null()])) }),
  Type.Null(),
])

/** Token authentication (login, refresh, logout) of the detection hub's clients, at `/` and under `/api`. */
export function tokenRoutes(app: App, parts: PublicRouteParts): void {
  const { sessions } = parts.accounts
  const open = { config: { bodyLimit: parts.publicBody }, onRequest: parts.guard.limitPublic }
  for (const prefix of ['', '/api']) {
    const about = (summary: string) => ({ summary, tags, hide: prefix !== '' })
    app.post(
      `${prefix}/login`,
      {
        ...open,
        schema: {
          ...about('Log in'),
          description: 'The newest clients of the detection hub call the username `identifier`.',
          body: Type.Object({ username: Type.Optional(Text), identifier: Type.Optional(Text), password: Text }),
          response: {
            200: Type.Object({
              access_token: Text,
              refresh_token: Text,
              role: Text,
              username: Text,
              user_id: Type.Integer(),
            }),
          },
        },
      },
      async (request, reply) => {
        const { identifier, username: name = identifier, password } = request.body
        if (name === undefined) throw new Refusal('invalid', 'username: must be given')
        const credentials = { username: name, password }
        const { user, accessToken, refreshToken } = await sessions.login(
          credentials,
          clientInfoOf(parts, request, reply),
        )
        const { role, username, id: user_id } = user
        return { access_token: accessToken, refresh_token: refreshToken, role, username, user_id }
      },
    )
    app.post(
      `${prefix}/refresh`,
      {
        ...open,
        schema: {
          ...about('A new pair of tokens for a refresh token, which is spent by it'),
          body: MaybeRefreshToken,
          response: { 200: Type.Object({ access_token: Text, refresh_token: Text, message: Text }) },
        },
      },
      async (request) => {
        const { accessToken, refreshToken } = await sessions.refresh(
          request.body?.refresh_token ?? '',
          clientInfoOf(parts, request),
        )
        return { access_token: accessToken, refresh_token: refreshToken, message: 'Token refreshed successfully.' }
      },
    )
    app.post(
      `${prefix}/logout`,
      {
        ...open,
        schema: {
          ...about('Log out: both tokens are revoked'),
          security: [{ key: [] }],
          body: MaybeRefreshToken,
          response: { 200: MessageResponse },
        },
      },
      async (request) => {
        // The access token first: the refresh token usually ends the same session, which would make the access token
        // invalid.
        try {
          return { message: await revokeAccess(parts, request) }
        } finally {
          // Even if the access token was invalid, the refresh token may end its session.
          await sessions.closeByRefresh(request.body?.refresh_token ?? '', clientInfoOf(parts, request))
        }
      },
    )
  }
}

/**
 * Revokes the access token and closes its session.
 * @returns the outcome, in the wording of the detection hub's contract
 */
async function revokeAccess(parts: AccountRouteParts, request: FastifyRequest): Promise<string> {
  const shown = authorizationOf(request.raw)
  if (shown === undefined) return 'No access token provided, but local logout can proceed.'
  if (shown.kind !== 'bearer') return 'Invalid Authorization header format.'
  const { authenticator, sessions } = parts.accounts
  const identity = await authenticator.identify(request.raw).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined
    throw error
  })
  if (!identity?.user) return INVALID
  const { session, foreignToken } = identity
  if (session) await sessions.close(session, clientInfoOf(parts, request))
  if (foreignToken) await sessions.revoke(foreignToken)
  return 'Logged out successfully (both access & refresh token revoked).'
}

const INVALID = 'Invalid token, but local logout can proceed.'
