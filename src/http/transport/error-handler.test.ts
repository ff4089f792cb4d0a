import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { Refusal } from '../../core/errors.ts'
import { answerErrors } from './error-handler.ts'
import { setResponseHeaders } from './response-headers.ts'

/** Answers a request whose route throws an error of `node:sqlite`. @param errcode extended or not */
async function answerTo(errcode: number, message: string) {
  const app = Fastify()
  answerErrors(app, () => {})
  app.get('/', () => {
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })
  })
  const { statusCode, body } = await app.inject('/')
  await app.close()
  return { status: statusCode, detail: JSON.parse(body).detail }
}

it.each([
  [5, 'database is locked', 'The database is busy; try again.'],
  [8, 'attempt to write a readonly database', 'The database cannot be written. The log says more.'],
  [1032, 'attempt to write a readonly database', 'The database cannot be written. The log says more.'],
  [778, 'disk I/O error', 'The database cannot be read or written: its disk has an error. The log says more.'],
  [11, 'database disk image is malformed', 'The database is damaged. The log says more.'],
  [13, 'database or disk is full', 'The database cannot grow: its disk is full. The log says more.'],
])('a failure of the disk (%i, %s) is answered with 503 and a sentence', async (errcode, message, detail) => {
  expect(await answerTo(errcode, message)).toEqual({ status: 503, detail })
})

it('a mistake of ours stays one', async () => {
  const { status, detail } = await answerTo(1, 'no such column: x')
  expect([status, detail]).toEqual([500, 'Internal error; the log says more.'])
})

it('a picture that cannot be read is answered as an error, and nobody keeps that', async () => {
  const app = Fastify()
  app.addHook('onSend', async (_request, reply) => setResponseHeaders(reply, { default: "default-src 'self'" }))
  answerErrors(app, () => {})
  app.get('/', (_request, reply) => {
    const gone = new Readable({ read: () => gone.destroy(new Refusal('not_found', 'It is gone.')) })
    return reply.headers({ 'cache-control': 'immutable', 'content-length': 5 }).type('image/png').send(gone)
  })
  const { statusCode, headers, body } = await app.inject('/')
  await app.close()
  expect([statusCode, headers['cache-control'], body]).toEqual([404, 'no-store', '{"detail":"It is gone."}'])
})
