import Type from 'typebox'
import type { Commands } from '../../core/commands.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { commandCallOf } from './command-call.ts'

/** What the command routes need. */
export interface CommandRouteParts {
  readonly guard: RequestGuard
  readonly commands: Commands
}

const tags = ['commands']

/** `GET /commands`: which there are. `POST /commands/{name}`: gives one. */
export function commandRoutes(app: App, { guard, commands }: CommandRouteParts): void {
  app.get(
    '/commands',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'The commands that you may give',
        tags,
        response: {
          200: Type.Object({
            commands: Type.Array(
              Type.Object({
                name: Type.String(),
                description: Type.String(),
                params: Type.Unsafe<object>(Type.Object({}, { description: 'JSON Schema' })),
              }),
            ),
          }),
        },
      },
    },
    (request) => ({ commands: [...commands.list(principalOf(request))] }),
  )
  app.post(
    '/commands/:name',
    {
      onRequest: guard.require('command'),
      schema: {
        summary: 'Gives a command',
        description: 'The body is an object with its parameters.',
        tags,
        security: [{ key: [] }],
        params: Type.Object({ name: Type.String() }),
        body: Type.Optional(Type.Union([Type.Object({}), Type.Null()])),
        response: {
          200: Type.Object({
            command: Type.String(),
            success: Type.Literal(true),
            result: Type.Unsafe<object>(Type.Object({})),
          }),
        },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const result = await commands.run(name, request.body, commandCallOf(guard, request, reply))
      return { command: name, success: true as const, result }
    },
  )
}
