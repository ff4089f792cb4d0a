import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal, type RefusalCode } from '../../core/errors.ts'
import { rawAnswer } from './raw-answer.ts'
import type { KnownRequest } from './request-guard.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it was refused, though its answer has the status of a success, as some dialects want it. */
    isRefused: boolean
  }
}

/** The HTTP status of each kind of refusal. */
const STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid: 422,
  bad_request: 400,
  taken: 400,
  conflict: 409,
  unsupported: 415,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  limited: 429,
  exhausted: 503,
  unavailable: 503,
  timed_out: 504,
  not_stored: 503,
}

/** The HTTP status of a refusal. */
export function statusOf(code: RefusalCode): number {
  return STATUS[code]
}

/** Answers a request with a malformed URL, which reaches no route. */
export function answerBadAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  // Fastify's message repeats the URL, which may hold a token in its query.
  const isBadUrl = error.code === 'FST_ERR_BAD_URL'
  const detail = isBadUrl ? 'The address is not percent-encoded as it should be.' : error.message
  reply.code(error.statusCode ?? 400).send({ detail })
}

/**
 * Answers a request that Node's HTTP parser rejects, and closes the connection.
 * @param timedOut says why the wait for a request is over
 */
export function answerBrokenRequest(error: ConnectionError, socket: Socket, timedOut: () => string): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = BROKEN[error.code] ?? 400
  const detail = status === 408 ? timedOut() : `The request cannot be read (${error.message}).`
  if (socket.writable) socket.write(rawAnswer(status, detail))
  socket.destroySoon()
}

/** The HTTP statuses of Node's error codes. */
const BROKEN: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

/** Called for each refused request, for the audit trail. */
export type NoteRefusal = (request: KnownRequest, refusal: Refusal) => void

/** Installs the error handler: every error of a REST route becomes `{"detail": …}`, as the contracts require. */
export function answerErrors(app: FastifyInstance, note: NoteRefusal): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    // Fastify would close the connection because the body was not read to its end, before the client has seen the
    // answer. Our reader has read it, or discards the rest.
    reply.removeHeader('connection')
    // Where a picture could not be read, the response has its headers already; an error is no picture, and not for keeps.
    for (const name of PICTURE_HEADERS) {
      reply.removeHeader(name)
      reply.raw.removeHeader(name)
    }
    if (error instanceof Refusal) {
      note(request, error)
      if (error.code === 'unauthenticated') reply.header('www-authenticate', request.challenge)
      if (error.retryAfter !== undefined) reply.header('retry-after', Math.ceil(error.retryAfter))
      return reply.code(STATUS[error.code]).send({ detail: error.message })
    }
    if (error.validation) return reply.code(422).send({ detail: error.message })
    const failure = databaseFailure(error)
    if (failure !== undefined) {
      if (failure !== BUSY) request.log.error({ err: error }, 'the database failed a request')
      return reply.code(503).header('retry-after', 1).send({ detail: failure })
    }
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send({ detail: error.message })
    request.log.error({ err: error }, 'a request failed')
    return reply.code(status).send({ detail: 'Internal error; the log says more.' })
  })
}

/** Headers that say something of a body. */
const PICTURE_HEADERS = ['content-type', 'content-length', 'cache-control']

/**
 * What is wrong with the database, or the disk that it is on, as a sentence; undefined if the error is another one.
 * SQLite's result codes: https://sqlite.org/rescode.html
 */
function databaseFailure(error: object): string | undefined {
  if (!('errcode' in error && typeof error.errcode === 'number')) return undefined
  // The rest of an extended code says more.
  const code = error.errcode & 0xff
  if (code === SQLITE_BUSY) return BUSY
  const what = DATABASE_FAILURES[code]
  return what === undefined ? undefined : `The database ${what}. The log says more.`
}

const SQLITE_BUSY = 5
/** Another process has kept the database locked for too long. */
const BUSY = 'The database is busy; try again.'
const DATABASE_FAILURES: Readonly<Record<number, string>> = {
  3: 'may not be opened',
  6: 'is locked',
  8: 'cannot be written',
  10: 'cannot be read or written: its disk has an error',
  11: 'is damaged',
  13: 'cannot grow: its disk is full',
  14: 'cannot be opened',
  26: 'is damaged',
}

/** The 404 handler: no route for this method and path. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}` })
}
