import type { FastifyInstance } from 'fastify'
import { ErrorResponse } from './response-schemas.ts'

/** Names in the documentation what every route may answer with beside its own: the refusals of `error-handler.ts`. */
export function documentErrors(app: FastifyInstance): void {
  app.addHook('onRoute', ({ schema }) => {
    if (!schema || schema.hide) return
    const own = typeof schema.response === 'object' ? schema.response : {}
    schema.response = { ...own, '4xx': ErrorResponse, '5xx': ErrorResponse }
  })
}
