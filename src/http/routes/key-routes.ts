import Type from 'typebox'
import type { ApiKey } from '../../core/account-store.ts'
import type { App } from '../transport/app.ts'
import { MaybeTime, NoContent, Time } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'

const Text = Type.String()
const security = [{ key: [] }]

/** An API key as the API shows it. */
export const KeySchema = Type.Object({
  id: Text,
  name: Text,
  scope: Type.Enum(['publish', 'view', 'admin']),
  labels: Type.Array(Text),
  created_at: Time,
  created_by: Text,
  expires_at: MaybeTime,
  last_used_at: MaybeTime,
})

/** `/keys`: lists, creates and revokes API keys for machines; for admins. */
export function keyRoutes(app: App, parts: AccountRouteParts): void {
  const { keys } = parts.accounts
  const onRequest = parts.guard.require('administer')
  const WithId = Type.Object({ id: Text })

  const ofKeys = (summary: string) => ({ summary, tags: ['keys'], security })
  app.get(
    '/keys',
    {
      onRequest,
      schema: { ...ofKeys('Every key for a machine'), response: { 200: Type.Object({ keys: Type.Array(KeySchema) }) } },
    },
    () => ({
      keys: keys.all.map(describeKey),
    }),
  )
  app.post(
    '/keys',
    {
      onRequest,
      schema: {
        ...ofKeys('Make a key; it is shown in this answer and never again'),
        body: Type.Object({
          name: Text,
          scope: Type.Enum(['publish', 'view', 'admin']),
          labels: Type.Optional(Type.Array(Text, { description: 'Patterns with * and ?; ["*"] if left out' })),
          expires_at: Type.Optional(MaybeTime),
        }),
        response: { 201: Type.Object({ ...KeySchema.properties, key: Text }) },
      },
    },
    async (request, reply) => {
      const { name, scope, labels = ['*'], expires_at } = request.body
      const wanted = { name, scope, labels, expiresAt: expires_at ?? undefined }
      const { key, secret } = await keys.add(actorOf(parts, request), wanted)
      return reply.code(201).send({ ...describeKey(key), key: secret })
    },
  )
  app.delete(
    '/keys/:id',
    {
      onRequest,
      schema: { ...ofKeys('Revoke a key; what it opened is closed'), params: WithId, response: { 204: NoContent } },
    },
    async (request, reply) => {
      await keys.revoke(actorOf(parts, request), request.params.id)
      return reply.code(204).send()
    },
  )
}

/** An API key as the API shows it, without its secret. */
export function describeKey({ id, name, scope, labels, createdAt, createdBy, expiresAt, lastUsedAt }: ApiKey) {
  return {
    id,
    name,
    scope,
    labels: [...labels],
    created_at: createdAt,
    created_by: createdBy,
    expires_at: expiresAt ?? null,
    last_used_at: lastUsedAt ?? null,
  }
}
