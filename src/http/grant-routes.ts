import Type from 'typebox'
import type { ApiKey, ShareLink } from '../core/accounts.ts'
import { actorOf, type ManageParts } from './actors.ts'
import { admitFirst } from './admitted.ts'
import type { App } from './app.ts'

const Text = Type.String()
const Time = Type.Number({ description: 'ms since 1970' })
const security = [{ key: [] }]

/** `/keys` for machines and `/links` for guests, for admins. */
export function grantRoutes(app: App, parts: ManageParts): void {
  const { keys, links } = parts.accounts
  const { onRequest, principalOf } = admitFirst(parts.admission.admit, 'administer')
  const actor = async (request: Parameters<typeof actorOf>[1]) => actorOf(parts, request, await principalOf(request))
  const WithId = Type.Object({ id: Text })

  const ofKeys = (summary: string) => ({ summary, tags: ['keys'], security })
  app.get('/keys', { onRequest, schema: ofKeys('Every key for a machine') }, () => ({
    keys: keys.all.map(describeKey),
  }))
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
          expires_at: Type.Optional(Type.Union([Time, Type.Null()])),
        }),
      },
    },
    async (request, reply) => {
      const { name, scope, labels = ['*'], expires_at } = request.body
      const wanted = { name, scope, labels, expiresAt: expires_at ?? undefined }
      const { key, secret } = await keys.add(await actor(request), wanted)
      return reply.code(201).send({ ...describeKey(key), key: secret })
    },
  )
  app.delete(
    '/keys/:id',
    { onRequest, schema: { ...ofKeys('Revoke a key; what it opened is closed'), params: WithId } },
    async (request, reply) => {
      await keys.revoke(await actor(request), request.params.id)
      return reply.code(204).send()
    },
  )

  const ofLinks = (summary: string) => ({ summary, tags: ['share links'], security })
  app.get('/links', { onRequest, schema: ofLinks('Every share link') }, () => ({ links: links.all.map(describeLink) }))
  app.post(
    '/links',
    {
      onRequest,
      schema: {
        ...ofLinks('Make a share link; its token is shown in this answer and never again'),
        body: Type.Object({
          name: Text,
          streams: Type.Array(Type.Object({ label: Text, key: Type.Optional(Text) }), {
            description: 'Without a key all of the label',
          }),
          expires_at: Time,
        }),
      },
    },
    async (request, reply) => {
      const { name, streams, expires_at: expiresAt } = request.body
      const { link, token } = await links.add(await actor(request), { name, streams, expiresAt })
      // In the fragment, which browsers send to nobody.
      return reply.code(201).send({ ...describeLink(link), token, path: `/app/shared#token=${token}` })
    },
  )
  app.delete(
    '/links/:id',
    { onRequest, schema: { ...ofLinks('Revoke a share link; what it opened is closed'), params: WithId } },
    async (request, reply) => {
      await links.revoke(await actor(request), request.params.id)
      return reply.code(204).send()
    },
  )
}

function describeKey({ id, name, scope, labels, createdAt, createdBy, expiresAt, lastUsedAt }: ApiKey) {
  return {
    id,
    name,
    scope,
    labels,
    created_at: createdAt,
    created_by: createdBy,
    expires_at: expiresAt ?? null,
    last_used_at: lastUsedAt ?? null,
  }
}

function describeLink({ id, name, streams, createdAt, createdBy, expiresAt, lastUsedAt }: ShareLink) {
  return {
    id,
    name,
    streams,
    created_at: createdAt,
    created_by: createdBy,
    expires_at: expiresAt,
    last_used_at: lastUsedAt ?? null,
  }
}
