import type { FastifyInstance, FastifyRequest } from 'fastify'
import { MAX_JSON_DEPTH } from '../../sources/json-body.ts'
import type { BodyLimit, ReadBody } from '../../sources/request-body.ts'
import { checkJson, checkJsonText } from '../../wire/json.ts'
import { textOf } from '../../wire/utf8.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The largest JSON body of the route; default: `http.json_bytes`. */
    bodyLimit?: BodyLimit
  }

  interface FastifyRequest {
    /** A JSON body as it was sent; undefined for others. */
    jsonText: string | undefined
  }
}

/** What parsing bodies needs. */
export interface BodyParserParts {
  readonly readBody: ReadBody
  /** The largest JSON body of routes that name no limit of their own. */
  readonly jsonLimit: BodyLimit
  /** How many values a JSON body may hold. */
  readonly jsonValues: number
}

/**
 * Parses JSON bodies, in place of Fastify's own parser: with our reader, and no deeper than a validator or serializer
 * can follow. A body that no route asked for is not read.
 */
export function parseBodies(app: FastifyInstance, { readBody, jsonLimit, jsonValues }: BodyParserParts): void {
  const limits = { maxDepth: MAX_JSON_DEPTH, maxValues: jsonValues, setting: 'http.json_values' }
  const parser = app.getDefaultJsonParser('error', 'error')
  const parse = (request: FastifyRequest, text: string) =>
    new Promise<unknown>((resolve, reject) => {
      void parser(request, text, (error, value) => (error ? reject(error) : resolve(value)))
    })
  const read = (request: FastifyRequest) =>
    request.is404 ? undefined : readBody(request, request.routeOptions.config.bodyLimit ?? jsonLimit)
  app.decorateRequest('heldBody', undefined)
  app.decorateRequest('jsonText', undefined)
  // Also when the client has gone.
  app.addHook('onResponse', (request, _reply, done) => {
    request.heldBody?.release()
    done()
  })
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const body = await read(request)
    if (body === undefined) return undefined
    const text = textOf('body', body)
    checkJsonText('body', text, limits)
    request.jsonText = text
    const value = await parse(request, text)
    checkJson('body', value, limits)
    return value
  })
  app.addContentTypeParser('text/plain', async (request: FastifyRequest) => (await read(request))?.toString())
  // Routes that accept forms read the body themselves and refuse other content types.
  app.addContentTypeParser(['multipart/form-data', 'application/x-www-form-urlencoded'], (_request, _payload, done) =>
    done(null),
  )
}
