import type { FastifyInstance } from 'fastify'
import { ErrorResponse } from './response-schemas.ts'

/** Adds the error responses of `error-handler.ts` (4xx, 5xx) to every route in the OpenAPI documentation. */
export function documentErrors(app: FastifyInstance): void {
  app.addHook('onRoute', ({ schema }) => {
    if (!schema || schema.hide) return
    const own = typeof schema.response === 'object' ? schema.response : {}
    schema.response = { ...own, '4xx': ErrorResponse, '5xx': ErrorResponse }
  })
}
