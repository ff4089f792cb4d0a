import type { FastifyError, FastifyInstance } from 'fastify'
import { Refusal, type RefusalCode } from '../core/errors.ts'

/** The HTTP status of each kind of refusal. */
export const STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid: 422,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  exhausted: 503,
  timed_out: 504,
}

/** Every error of the REST routes is answered as `{"detail": …}`, as the contracts ask. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    if (error instanceof Refusal) {
      if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
      return reply.code(STATUS[error.code]).send({ detail: error.message })
    }
    if (error.validation) return reply.code(422).send({ detail: error.message })
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send({ detail: error.message })
    request.log.error({ err: error }, 'a request failed')
    return reply.code(status).send({ detail: 'Internal error; the log says more.' })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}` }),
  )
}
