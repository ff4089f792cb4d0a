import Type from 'typebox'
import { HUB_ADMIN, roleOfHub } from '../../access/hub-roles.ts'
import { ROLES } from '../../core/account-store.ts'
import type { App } from '../transport/app.ts'
import { MaybeTime, MessageResponse, Time } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'
import { describeKey, KeySchema } from './key-routes.ts'
import { describeLink, LinkSchema } from './link-routes.ts'

const Text = Type.String()
const RoleSchema = Type.Enum([...ROLES])
const Labels = Type.Array(Text, { description: 'Whole labels, or * for all of them; an admin has all' })
const Named = Type.Object({ username: Text })
const revoke_credentials = Type.Optional(
  Type.Boolean({ description: "Whether the user's keys and links are revoked too; if left out they live on" }),
)
const tags = ['users']
const security = [{ key: [] }]

/** User management for admins: the detection hub's routes, at `/` and under `/api`, and routes of our own. */
export function userRoutes(app: App, parts: AccountRouteParts): void {
  const { users, keys, links } = parts.accounts
  const onRequest = parts.guard.require('administer')

  for (const prefix of ['', '/api']) {
    const about = (summary: string) => ({
      summary,
      tags,
      security,
      hide: prefix !== '',
      response: { 200: MessageResponse },
    })
    app.post(
      `${prefix}/add_user`,
      {
        onRequest,
        schema: {
          ...about('Add a user'),
          body: Type.Object({
            username: Text,
            password: Text,
            role: Type.Optional(Type.Enum([...ROLES, HUB_ADMIN])),
            labels: Type.Optional(Labels),
          }),
        },
      },
      async (request) => {
        const { role = 'user', labels, ...credentials } = request.body
        await users.add(actorOf(parts, request), { ...credentials, role: roleOfHub(role), labels })
        return { message: 'User added successfully.' }
      },
    )
    app.post(
      `${prefix}/delete_user`,
      { onRequest, schema: { ...about('Remove a user'), body: Type.Object({ username: Text, revoke_credentials }) } },
      async (request) => {
        const { username, revoke_credentials: revokeCredentials } = request.body
        await users.remove(actorOf(parts, request), username, { revokeCredentials })
        return { message: 'User deleted successfully.' }
      },
    )
    app.put(
      `${prefix}/update_username`,
      {
        onRequest,
        schema: { ...about('Rename a user'), body: Type.Object({ old_username: Text, new_username: Text }) },
      },
      async (request) => {
        await users.rename(actorOf(parts, request), request.body.old_username, request.body.new_username)
        return { message: 'Username updated successfully.' }
      },
    )
    app.put(
      `${prefix}/update_password`,
      {
        onRequest,
        schema: {
          ...about('Give a user another password'),
          description: "A `role` is ignored: the detection hub's clients always send one, by default `user`.",
          body: Type.Object({ username: Text, new_password: Text, revoke_credentials }),
        },
      },
      async (request) => {
        const { username, new_password, revoke_credentials: revokeCredentials } = request.body
        await users.setPassword(actorOf(parts, request), username, new_password, { revokeCredentials })
        return { message: 'Password updated successfully.' }
      },
    )
    app.put(
      `${prefix}/set_user_active_status`,
      {
        onRequest,
        schema: {
          ...about('Disable or enable a user'),
          body: Type.Object({ username: Text, is_active: Type.Boolean(), revoke_credentials }),
        },
      },
      async (request) => {
        const { username, is_active, revoke_credentials: revokeCredentials } = request.body
        await users.setActive(actorOf(parts, request), username, is_active, { revokeCredentials })
        return { message: 'User active status updated successfully.' }
      },
    )
  }

  const about = (summary: string) => ({ summary, tags, security })
  const UserSchema = Type.Object({
    user_id: Type.Integer(),
    username: Text,
    role: RoleSchema,
    is_active: Type.Boolean(),
    labels: Labels,
    created_at: Time,
    last_seen_at: MaybeTime,
  })
  app.get(
    '/users',
    {
      onRequest,
      schema: { ...about('Every user, by name'), response: { 200: Type.Object({ users: Type.Array(UserSchema) }) } },
    },
    () => ({
      users: users.all.map((user) => ({
        user_id: user.id,
        username: user.username,
        role: user.role,
        is_active: user.isActive,
        labels: [...user.labels],
        created_at: user.createdAt,
        last_seen_at: user.lastSeenAt ?? null,
      })),
    }),
  )
  app.put(
    '/users/:username/labels',
    {
      onRequest,
      schema: {
        ...about("A user's labels"),
        params: Named,
        body: Type.Object({ labels: Labels }),
        response: { 200: Type.Object({ labels: Labels }) },
      },
    },
    async (request) => ({
      labels: [...(await users.setLabels(actorOf(parts, request), request.params.username, request.body.labels))],
    }),
  )
  app.put(
    '/users/:username/role',
    {
      onRequest,
      schema: {
        ...about("A user's role"),
        params: Named,
        body: Type.Object({ role: RoleSchema, revoke_credentials }),
        response: { 200: Type.Object({ role: RoleSchema }) },
      },
    },
    async (request) => {
      const { role, revoke_credentials: revokeCredentials } = request.body
      await users.setRole(actorOf(parts, request), request.params.username, role, { revokeCredentials })
      return { role }
    },
  )
  app.get(
    '/users/:username/credentials',
    {
      onRequest,
      schema: {
        ...about('The keys and share links that a user has made, which outlive the account'),
        params: Named,
        response: { 200: Type.Object({ keys: Type.Array(KeySchema), links: Type.Array(LinkSchema) }) },
      },
    },
    (request) => {
      const { id } = users.byName(request.params.username)
      return { keys: keys.of(id).map(describeKey), links: links.of(id).map(describeLink) }
    },
  )
}
