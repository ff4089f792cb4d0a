import Type from 'typebox'
import type { ShareLink } from '../../core/account-store.ts'
import type { App } from '../transport/app.ts'
import { MaybeTime, NoContent, Time } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'

const Text = Type.String()
const security = [{ key: [] }]

const Streams = Type.Array(Type.Object({ label: Text, key: Type.Optional(Text) }), {
  description: 'Without a key all of the label',
})
const ShowsMetadata = Type.Boolean({
  description:
    'Whether it shows all that came with the pictures, such as measurements, and not only warnings and overlays',
})

/** A share link as the API shows it. */
export const LinkSchema = Type.Object({
  id: Text,
  name: Text,
  streams: Streams,
  metadata: ShowsMetadata,
  created_at: Time,
  created_by: Text,
  expires_at: Time,
  last_used_at: MaybeTime,
})

/** `/links`: lists, creates and revokes share links for guests; for admins. */
export function linkRoutes(app: App, parts: AccountRouteParts): void {
  const { links } = parts.accounts
  const onRequest = parts.guard.require('administer')
  const WithId = Type.Object({ id: Text })

  const ofLinks = (summary: string) => ({ summary, tags: ['share links'], security })
  app.get(
    '/links',
    {
      onRequest,
      schema: { ...ofLinks('Every share link'), response: { 200: Type.Object({ links: Type.Array(LinkSchema) }) } },
    },
    () => ({
      links: links.all.map(describeLink),
    }),
  )
  app.post(
    '/links',
    {
      onRequest,
      schema: {
        ...ofLinks('Make a share link; its token is shown in this answer and never again'),
        body: Type.Object({
          name: Text,
          streams: Streams,
          metadata: Type.Optional(Type.Boolean({ description: 'As above; left out: false', default: false })),
          expires_at: Time,
        }),
        response: { 201: Type.Object({ ...LinkSchema.properties, token: Text, path: Text }) },
      },
    },
    async (request, reply) => {
      const { name, streams, metadata: showsMetadata = false, expires_at: expiresAt } = request.body
      const wanted = { name, streams, showsMetadata, expiresAt }
      const { link, token } = await links.add(actorOf(parts, request), wanted)
      // In the URL fragment, which browsers do not send to servers.
      return reply
        .code(201)
        .send({ ...describeLink(link), token, path: `${request.basePath}/app/shared#token=${token}` })
    },
  )
  app.delete(
    '/links/:id',
    {
      onRequest,
      schema: {
        ...ofLinks('Revoke a share link; what it opened is closed'),
        params: WithId,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      await links.revoke(actorOf(parts, request), request.params.id)
      return reply.code(204).send()
    },
  )
}

/** A share link as the API shows it, without its secret. */
export function describeLink(link: ShareLink) {
  const { id, name, streams, showsMetadata, createdAt, createdBy, expiresAt, lastUsedAt } = link
  return {
    id,
    name,
    streams: [...streams],
    metadata: showsMetadata,
    created_at: createdAt,
    created_by: createdBy,
    expires_at: expiresAt,
    last_used_at: lastUsedAt ?? null,
  }
}
