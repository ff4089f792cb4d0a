import Type from 'typebox'
import { Refusal } from '../../core/errors.ts'
import { authorize } from '../../core/principal.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'

/** What the demo's routes need. */
export interface DemoRouteParts {
  readonly guard: RequestGuard
  /** The label of the demo's streams. */
  readonly label: string
  readonly demo: Switchable
}

/** Something that can be started and stopped: the demo. */
export interface Switchable {
  readonly isRunning: boolean
  /** @param check called right before it is started, and throws if it may not be any more */
  start(check: () => void): Promise<void>
  /** @param check as of `start` */
  stop(check: () => void): Promise<void>
}

const RunningSchema = Type.Object({ running: Type.Boolean() }, { additionalProperties: false })

/** `/demo`: whether the demo streams run, and starting and stopping them. */
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
      onRequest: [guard.requireCommand(), async (request) => authorize(principalOf(request), 'command', { label })],
      errorHandler(error) {
        // Malformed JSON gets the same error as JSON of the wrong shape.
        if (error instanceof Refusal || (error.statusCode ?? 500) >= 500) throw error
        throw new Refusal('invalid', 'body: must be the JSON {"running": true} or {"running": false}')
      },
    },
    async (request) => {
      const { body } = request
      const check = () => authorize(principalOf(request), 'command', { label })
      await (body.running ? demo.start(check) : demo.stop(check))
      return { running: demo.isRunning }
    },
  )
}
