import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { tokenOf } from '../../access/request-credentials.ts'
import type { Clock } from '../../core/clock.ts'
import { Refusal } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'
import { NoContent } from '../transport/response-schemas.ts'
import type { AccountRouteParts, PublicRouteParts } from './account-parts.ts'

/** What the routes of guests need. */
export interface GuestRouteParts extends PublicRouteParts {
  readonly clock: Clock
}

/** `/session/link`: makes a browser that has opened a share link a guest until the link ends, in all of its tabs. */
export function guestRoutes(app: App, parts: GuestRouteParts): void {
  const { guard, clock } = parts
  const { authenticator, guestCookie } = parts.accounts
  const config = { bodyLimit: parts.publicBody }
  const tags = ['page']
  app.post(
    '/session/link',
    {
      config,
      schema: {
        summary: 'Stay a guest of a share link: sets a cookie',
        description:
          'With the token of the link in the body, or in `Authorization`. The cookie counts where nobody is signed in; in a browser of somebody who is, none is set.',
        tags,
        body: Type.Optional(TOKEN_IF_ANY),
        response: { 204: NoContent },
      },
      onRequest: [guard.limitPublic, async (request) => guard.checkSameSite(request)],
    },
    async (request, reply) => {
      // The header may be taken by a proxy with a password of its own.
      const token = request.body?.token ?? tokenOf(request.raw)
      // Refused if it has ended.
      await guard.identify(request, token)
      const link = token === undefined ? undefined : authenticator.findLink(token)
      if (token === undefined || !link)
        throw new Refusal(
          'invalid',
          'token: the token of a share link is required, here or as "Authorization: Bearer <token>"',
        )
      const life = link.expiresAt - clock.now() + TOLD_FOR_MS
      if (!authenticator.findCookie(request.raw)) reply.header('set-cookie', guestCookie.set(request.raw, token, life))
      return reply.code(204).send()
    },
  )
  app.delete(
    '/session/link',
    {
      config,
      onRequest: guard.limitPublic,
      schema: { summary: 'Be a guest no longer', tags, response: { 204: NoContent } },
    },
    (request, reply) => {
      endGuest(parts, request, reply)
      return reply.code(204).send()
    },
  )
}

/** Takes the cookie of a guest away, if a request shows one. */
export function endGuest({ accounts }: AccountRouteParts, request: FastifyRequest, reply: FastifyReply): void {
  const { guestCookie } = accounts
  if (guestCookie.valueIn(request.raw) !== undefined) reply.header('set-cookie', guestCookie.clear(request.raw))
}

/** One schema, not a union of two: of a union an error says what is wrong with each of its parts. */
const TOKEN_IF_ANY = Type.Unsafe<{ token: string } | null>({
  type: ['object', 'null'],
  properties: { token: { type: 'string', minLength: 1 } },
  required: ['token'],
})

/** For so long whoever comes back after the end of a link is told of it, ms. */
const TOLD_FOR_MS = 7 * 86_400_000
