import type { FastifyInstance } from 'fastify'
import { ErrorAnswer } from './answers.ts'

/** Names in the documentation what every route may answer with beside its own: the refusals of `error-handler.ts`. */
export function documentErrorAnswers(app: FastifyInstance): void {
  app.addHook('onRoute', ({ schema }) => {
    if (!schema || schema.hide) return
    const own = typeof schema.response === 'object' ? schema.response : {}
    schema.response = { ...own, '4xx': ErrorAnswer, '5xx': ErrorAnswer }
  })
}
