import Type from 'typebox'
import { parseClassNames } from '../../core/class-names.ts'
import type { App } from '../transport/app.ts'
import type { RequestGuard } from '../transport/request-guard.ts'
import { REVALIDATED } from '../transport/response-headers.ts'

/** What the page's settings are made of. */
export interface PageSettingsParts {
  readonly version: string
  /** The entries of `labels.class_names`. */
  readonly classNames: readonly string[]
  readonly guard: RequestGuard
}

/** `GET /app/settings.json`: the settings that the page reads once, when it is loaded. */
export function servePageSettings(app: App, { version, classNames, guard }: PageSettingsParts): void {
  const class_names = classNames.map(parseClassNames).map(({ labels, names }) => ({ labels, names: [...names] }))
  const ClassNamesSchema = Type.Object({
    labels: Type.String({ description: '* stands for any characters, ? for one' }),
    names: Type.Array(Type.String(), { description: 'Of class 0, 1, 2 and so on' }),
  })
  app.get(
    '/app/settings.json',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'What the page needs to know of the settings',
        description: 'Of `class_names` the first entry that fits a label counts.',
        tags: ['page'],
        response: { 200: Type.Object({ version: Type.String(), class_names: Type.Array(ClassNamesSchema) }) },
      },
    },
    (_request, reply) => {
      reply.header('cache-control', REVALIDATED)
      return { version, class_names }
    },
  )
}
