import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import { authorize } from '../../core/principal.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the routes of the demo need. */
export interface DemoRouteParts {
  readonly guard: RequestGuard
  /** What the streams of the demo belong to. */
  readonly label: string
  readonly demo: Switchable
}

/** Something that runs or does not. */
export interface Switchable {
  readonly isRunning: boolean
  start(): Promise<void>
  stop(): Promise<void>
}

const RunningSchema = Type.Object({ running: Type.Boolean() }, { additionalProperties: false })

/** `/demo`: whether the drawn streams run, and the switch for them. */
export function demoRoutes(app: App, { guard, demo, label }: DemoRouteParts): void {
  const tags = ['demo']
  const response = { 200: RunningSchema }
  app.get(
    '/demo',
    { onRequest: guard.require('view'), schema: { summary: 'Whether the demo runs', tags, response } },
    () => ({ running: demo.isRunning }),
  )
  app.put(
    '/demo',
    {
      schema: { summary: 'Starts or stops the demo', tags, body: RunningSchema, response },
      onRequest: [guard.require('command'), async (request) => authorize(principalOf(request), 'command', { label })],
      errorHandler(error) {
        // Whatever cannot be read as JSON is as wrong as JSON that says something else.
        if (error instanceof Refusal || (error.statusCode ?? 500) >= 500) throw error
        throw new Refusal('invalid', 'body: must be the JSON {"running": true} or {"running": false}')
      },
    },
    async (request) => {
      const { body } = request
      authorize(principalOf(request), 'command', { label })
      await (body.running ? demo.start() : demo.stop())
      return { running: demo.isRunning }
    },
  )
}
