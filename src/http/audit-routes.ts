import Type from 'typebox'
import type { ManageParts } from './actors.ts'
import { admitFirst } from './admitted.ts'
import type { App } from './app.ts'

/** `GET /audit`: who did what, when, from where, for admins. */
export function auditRoutes(app: App, { accounts, admission }: ManageParts): void {
  const { onRequest } = admitFirst(admission.admit, 'administer')
  app.get(
    '/audit',
    {
      onRequest,
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
      },
    },
    async ({ query: { before, limit = 50, who, action } }) => {
      // One more than asked for tells whether there are more.
      const entries = await accounts.audit.entries({ before, limit: limit + 1, who, action })
      return { entries: entries.slice(0, limit), more: entries.length > limit }
    },
  )
}
