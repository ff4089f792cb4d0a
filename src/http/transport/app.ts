import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
} from 'fastify'
import type { BasePaths } from '../../access/base-path.ts'
import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import type { Holder } from '../../core/held-bytes.ts'
import type { Quota } from '../../core/quota.ts'
import { writeJson } from '../../wire/json-text.ts'
import { type BodyParserParts, parseBodies } from './body-parsers.ts'
import { ContentPolicies } from './content-security-policy.ts'
import { allowOrigins } from './cors.ts'
import { answerBadAddress, answerBrokenRequest, answerErrors, type NoteRefusal } from './error-handler.ts'
import type { StreamingResponse } from './http-connection.ts'
import { type HttpConnectionRules, HttpConnections } from './http-connections.ts'
import { documentErrors } from './openapi-errors.ts'
import { notePathTraversal } from './path-traversal.ts'
import type { RefusalDelay } from './refusal-delay.ts'
import type { KnownRequest } from './request-guard.ts'
import type { RequestTurns } from './request-turns.ts'
import { setResponseHeaders } from './response-headers.ts'
import type { Certificate } from './tls.ts'
import { UnreadAnswers } from './unread-answers.ts'
import type { UnreadBodies } from './unread-bodies.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What paths of ours begin with in what its client gets: "/cameras", or empty (`BasePaths.of`). */
    readonly basePath: string
  }
  interface FastifyInstance {
    /** What pages may load, and who may frame them. */
    readonly contentPolicies: ContentPolicies
    /** No longer counts an upgraded socket among the HTTP connections: to be called once the registry counts it. */
    releaseConnection: (socket: Socket) => void
    /** A response stays open, until its `closed` is called. */
    beginStreaming: (socket: Socket, streaming: StreamingResponse) => void
    /** Disconnects who does not read a response that stays open: to be called when something is unread. */
    watchStreaming: (socket: Socket) => void
  }
}

/** The Fastify application (HTTP or HTTPS); routes are typed and validated by their TypeBox schemas. */
export type App = FastifyInstance<
  Server,
  RawRequestDefaultExpression<Server>,
  RawReplyDefaultExpression<Server>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Settings of the application. */
export interface AppRules extends BodyParserParts {
  readonly version: string
  /** Called for every refused request. */
  readonly noteRefusal: NoteRefusal
  /** CORS: origins whose pages may use the server. */
  readonly allowedOrigins: readonly string[]
  readonly connections: HttpConnectionRules
  readonly counters: Pick<Counters, 'limited'>
  readonly clock: Clock
  /** The memory that requests and responses may take (`limits.held_bytes`). */
  readonly heldBytes: Quota
  /** For whom it is held on account of a request. */
  readonly holderOf: (request: KnownRequest) => Holder
  /** The turns that requests take. */
  readonly turns: RequestTurns
  readonly refusalDelay: RefusalDelay
  readonly unreadBodies: UnreadBodies
  readonly basePaths: BasePaths
  /** Other sites whose pages may frame ours. */
  readonly frameAncestors: readonly string[]
  /** Whether an address is that of a trusted proxy. */
  readonly isProxy: (address: string) => boolean
  /** The TLS certificate; without one the server speaks plain HTTP. */
  readonly certificate?: Certificate | undefined
}

/** Makes the application with the documentation routes only: `/docs` and `/openapi.json`. */
export async function makeApp(rules: AppRules, log: FastifyBaseLogger): Promise<App> {
  const options = serverOptions(rules.connections)
  /** Discards a body that is not read, before the answer if that ends the connection. */
  const discardBody = async (request: FastifyRequest, { raw: response }: FastifyReply) => {
    if (request.raw.complete || !hasBody(request.raw)) return
    const discarded = rules.unreadBodies.discard(request.raw, rules.holderOf(request))
    if (!discarded) response.setHeader('connection', 'close')
    else if (!response.shouldKeepAlive || response.getHeader('connection') === 'close') {
      const { promise: isLate, resolve } = Promise.withResolvers<void>()
      const cancel = rules.clock.after(LONGEST_LINGER_MS, resolve)
      await Promise.race([discarded, isLate])
      cancel()
    }
  }
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // Requests are not logged, so an error's log line needs no number of its request, nor each request a logger.
    childLoggerFactory: (logger) => logger,
    // 200 characters of up to four bytes of UTF-8, percent-encoded (three characters per byte).
    routerOptions: { maxParamLength: 200 * 4 * 3 },
    forceCloseConnections: 'idle',
    serverFactory(listener) {
      // Before Fastify: a bad address reaches no hook.
      const admit: RequestListener = (request, response) => {
        request.url = rules.basePaths.strip(request.url ?? '/')
        connections.admit(request, response, () => listener(request, response))
      }
      return rules.certificate?.makeServer(options, admit) ?? createServer(options, admit)
    },
    frameworkErrors: async (error, request, reply) => {
      // It reaches no hook.
      await rules.refusalDelay.wait(rules.holderOf(request).client)
      await discardBody(request, reply)
      setResponseHeaders(reply, contentPolicies)
      answerBadAddress(error, request, reply)
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, () => connections.timedOut(socket)),
    // During shutdown `/readyz` answers 503 itself.
    return503OnClosing: false,
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    // Not Fastify's own serializers, one for each status of each route: compiling them took some 40 ms of a start. They
    // would drop fields that are not in the schema, which types do not: a route names each field that it sends.
    .setSerializerCompiler(() => writeJson)
  app.decorateRequest('identity', undefined)
  app.decorateRequest('challenge', 'Bearer')
  app.decorateRequest('isRefused', false)
  app.decorateRequest('basePath', {
    getter() {
      return rules.basePaths.of(this.raw)
    },
  })
  const contentPolicies = new ContentPolicies(rules.frameAncestors)
  app.decorate('contentPolicies', contentPolicies)
  answerErrors(app, rules.noteRefusal)
  notePathTraversal(app, rules.noteRefusal)
  const { answerTimeout } = rules.connections
  const unreadAnswers = new UnreadAnswers({ ...rules, answerTimeout })
  const connections = new HttpConnections(app.server, { ...rules, rules: rules.connections, unreadAnswers })
  app.decorate('releaseConnection', (socket) => connections.release(socket))
  app.decorate('beginStreaming', (socket, streaming) => connections.beginStreaming(socket, streaming))
  app.decorate('watchStreaming', (socket) => connections.watchStreaming(socket))
  app.addHook('onRequest', (request, _reply, done) => {
    connections.checkRead(request)
    done()
  })
  app.addHook('onClose', async () => unreadAnswers.close())
  await allowOrigins(app, rules.allowedOrigins)
  app.addHook('onSend', async (request, reply) => {
    setResponseHeaders(reply, contentPolicies)
    locate(request, reply)
    if (reply.statusCode >= 400 || request.isRefused) await rules.refusalDelay.wait(rules.holderOf(request).client)
    if (!request.raw.complete) await discardBody(request, reply)
  })
  app.addHook('preClose', async () => {
    rules.refusalDelay.close()
    rules.unreadBodies.close()
  })
  parseBodies(app, rules)
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
    transformStaticCSP: () => contentPolicies.docs,
    uiHooks: {
      // What the page at "/docs" loads is at absolute addresses, at "/docs/" beside it.
      onRequest(request, reply, done) {
        if (request.basePath !== '' && /^\/docs(\?|$)/.test(request.url)) reply.redirect('/docs/')
        else done()
      },
    },
    transformSpecificationClone: false,
    transformSpecification: (description, request) => ({ ...description, servers: serversOf(request) }),
  })
  // Written once: anybody may ask for it, again and again.
  let description: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, (request, reply) => {
    description ??= JSON.stringify(app.swagger()).slice(1)
    const servers = JSON.stringify(serversOf(request))
    return reply.type('application/json; charset=utf-8').send(`{"servers":${servers},${description}`)
  })
  return app
}

/** Where the API is, as its description says it to the client of a request. */
function serversOf({ basePath }: FastifyRequest) {
  return [{ url: basePath === '' ? '/' : basePath }]
}

/** Redirects to a path of ours lead below the base path. */
function locate({ basePath }: FastifyRequest, reply: FastifyReply): void {
  const location = reply.getHeader('location')
  if (basePath !== '' && typeof location === 'string' && location.startsWith('/'))
    reply.header('location', basePath + location)
}

/** How long the answer that ends a connection waits for the rest of the body, ms. */
const LONGEST_LINGER_MS = 15_000

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length']) > 0 || headers['transfer-encoding'] !== undefined
}

function serverOptions({ headTimeout, requestTimeout }: HttpConnectionRules): ServerOptions {
  return {
    // Against slow requests (slowloris) that hold a connection forever.
    headersTimeout: headTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(1000, headTimeout),
    // Longer than the keep-alive of proxies in front: closing a connection as a request arrives fails that request.
    keepAliveTimeout: 72_000,
    // Checked by HttpConnections: Node would answer each of thousands in a packet.
    requireHostHeader: false,
    // Clients that offer another upgrade, such as h2c (Java's, curl --http2), accept a plain HTTP/1.1 response.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  }
}
