import Type from 'typebox'
import { authorize } from '../../core/principal.ts'
import type { App } from '../transport/app.ts'
import { principalOf } from '../transport/request-guard.ts'
import { Time } from '../transport/response-schemas.ts'
import type { AccountRouteParts } from './account-parts.ts'

const Entry = Type.Object({
  id: Type.Integer(),
  at: Time,
  who: Type.String(),
  action: Type.String({ description: 'A dotted word, such as user.add' }),
  target: Type.String(),
  address: Type.String(),
  outcome: Type.String({ description: 'ok, refused or failed' }),
  detail: Type.String(),
  count: Type.Integer({ description: 'How often within a second' }),
})

/** `GET /audit`: the audit trail (who did what, when, from where), for admins. */
export function auditRoutes(app: App, { accounts, guard }: AccountRouteParts): void {
  app.get(
    '/audit',
    {
      onRequest: guard.require('administer'),
      schema: {
        summary: 'Who did what, when, from where; the newest first',
        tags: ['audit'],
        security: [{ key: [] }],
        querystring: Type.Object({
          before: Type.Optional(Type.Integer({ description: 'Only entries with a lower id' })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
          who: Type.Optional(Type.String()),
          action: Type.Optional(Type.String()),
          token: Type.Optional(Type.String()),
        }),
        response: { 200: Type.Object({ entries: Type.Array(Entry), more: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { before, limit = 50, who, action } = request.query
      // One more than requested, to know whether there are more.
      const entries = await accounts.audit.entries({ before, limit: limit + 1, who, action })
      // Reading takes a moment, in which the right may have been lost.
      authorize(principalOf(request), 'administer', {})
      return { entries: entries.slice(0, limit), more: entries.length > limit }
    },
  )
}
