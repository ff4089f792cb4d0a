import { createServer, type Server, type ServerOptions } from 'node:http'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
} from 'fastify'
import { DOCS_POLICY } from './content-security-policy.ts'
import { allowOrigins } from './cors.ts'
import { answerBadAddress, answerBrokenRequest, answerErrors, type NoteRefusal } from './error-handler.ts'
import { KeepAliveConnections } from './keep-alive.ts'
import { documentErrors } from './openapi-errors.ts'
import { notePathTraversal } from './path-traversal.ts'
import { setResponseHeaders } from './response-headers.ts'
import type { Certificate } from './tls.ts'

/** The HTTP application, over TLS or not, its routes typed and checked by their schemas. */
export type App = FastifyInstance<
  Server,
  RawRequestDefaultExpression<Server>,
  RawReplyDefaultExpression<Server>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Settings of the application. */
export interface AppRules {
  readonly version: string
  /** Told of every request that is refused. */
  readonly noteRefusal: NoteRefusal
  /** Other sites whose pages may use the server. */
  readonly allowedOrigins: readonly string[]
  /** What HTTPS is spoken with; without it plain HTTP is. */
  readonly certificate?: Certificate | undefined
}

/** An application without routes of its own but the documentation: `/docs` and `/openapi.json`. */
export async function makeApp(rules: AppRules, log: FastifyBaseLogger): Promise<App> {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A name of 200 characters, each up to four bytes of UTF-8, percent-encoded.
    routerOptions: { maxParamLength: 200 * 4 * 3 },
    forceCloseConnections: 'idle',
    serverFactory: (listener) =>
      rules.certificate?.makeServer(SERVER_OPTIONS, listener) ?? createServer(SERVER_OPTIONS, listener),
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerBrokenRequest,
    // Going down, `/readyz` says so itself.
    return503OnClosing: false,
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    // Not Fastify's own serializers, made for each status of each route: they took some 40 ms of a start. Theirs would leave
    // out fields that are not in the schema, which types do not: a route names each field that it sends.
    .setSerializerCompiler(() => JSON.stringify)
  app.decorateRequest('identity', undefined)
  answerErrors(app, rules.noteRefusal)
  notePathTraversal(app, rules.noteRefusal)
  const keepAliveConnections = new KeepAliveConnections(app.server)
  app.addHook('onRequest', (request, _reply, done) => {
    keepAliveConnections.checkTurn(request.raw)
    done()
  })
  await allowOrigins(app, rules.allowedOrigins)
  app.addHook('onSend', async (_request, reply) => setResponseHeaders(reply))
  // Whoever takes a form reads its body by himself, and says what is wrong with another kind.
  app.addContentTypeParser(['multipart/form-data', 'application/x-www-form-urlencoded'], (_request, _payload, done) =>
    done(null),
  )
  documentErrors(app)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Belvedere',
        version: rules.version,
        description: 'Live pictures and their measurements. The WebSocket routes are described in docs/wire.md.',
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: () => DOCS_POLICY,
  })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app
}

const SERVER_OPTIONS: ServerOptions = {
  // Who sends its request in trickles does not hold a connection for ever.
  requestTimeout: 60_000,
  // Longer than the proxies before us keep theirs: one that is ended just as a request comes fails it.
  keepAliveTimeout: 72_000,
  // Other protocols than WebSocket are offered, not demanded: clients that do (Java's, curl --http2) take HTTP/1.1.
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
}
