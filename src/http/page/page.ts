import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../transport/app.ts'
import { answerNotFound } from '../transport/error-handler.ts'
import { addVary, REVALIDATED } from '../transport/response-headers.ts'
import { CustomCss } from './custom-css.ts'
import { addLegacyRedirects } from './legacy-redirects.ts'
import { PageDocument } from './page-document.ts'

/** What the web app needs. */
export interface PageParts {
  /** Vite's output folder. */
  readonly folder: string
  /** The path of the operator's style sheet. */
  readonly customCss: string | undefined
}

/** The paths that the web app's own router handles. */
const ADDRESSES = ['/', '/watch/:label/:key', '/publish', '/app/*']

const HTML_HEADERS = {
  'cache-control': REVALIDATED,
  'permissions-policy': 'camera=(self), fullscreen=(self), microphone=(), geolocation=()',
}

/**
 * Serves the single-page app built by Vite at each of its paths, its assets, the operator's style sheet and the legacy
 * redirects. Until the page is built its paths answer 503.
 * @throws ConfigError when the operator's style sheet cannot be read
 */
export async function servePage(app: App, { folder, customCss }: PageParts): Promise<void> {
  const css = customCss === undefined ? undefined : new CustomCss(customCss)
  if (css) serveCustomCss(app, css)
  addLegacyRedirects(app)

  const index = join(folder, 'index.html')
  const isBuilt = existsSync(index)
  const answer = isBuilt ? answerWith(new PageDocument(index, css)) : answerNotBuilt
  for (const address of ADDRESSES) app.get(address, { schema: { hide: true } }, (_request, reply) => answer(reply))
  // Browsers get the app's "not found" page, programs JSON.
  app.setNotFoundHandler((request, reply) => {
    addVary(reply, 'accept')
    return isBuilt && isPerson(request) ? answer(reply.code(404)) : answerNotFound(request, reply)
  })
  if (isBuilt) await serveAssets(app, folder)
}

/** Whether the request is a browser's navigation: a GET or HEAD that accepts HTML. */
function isPerson({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html')
}

function answerWith(document: PageDocument) {
  return (reply: FastifyReply) => {
    const { html, nonce } = document.render(reply.request.basePath)
    // Browsers warn of the policy where they ignore it: on plain HTTP, where they send no Sec-Fetch-… either.
    if (reply.request.headers['sec-fetch-mode'] !== undefined) reply.header('cross-origin-opener-policy', 'same-origin')
    // No ETag: a cached document would hold the nonce of another response.
    return reply
      .headers(HTML_HEADERS)
      .header('content-security-policy', reply.server.contentPolicies.page(nonce))
      .type('text/html; charset=utf-8')
      .send(html)
  }
}

function answerNotBuilt(reply: FastifyReply) {
  return reply.code(503).send({ detail: 'The page is not built. Start the server with "npm start", which builds it.' })
}

/** The built files. Assets have a hash in their names and are cached forever. */
async function serveAssets(app: App, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // A route for each file instead of a wildcard, so that unknown paths reach the app and the other routes.
    wildcard: false,
    globIgnore: ['index.html'],
    preCompressed: true,
    decorateReply: false,
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('cache-control', keptFor(path))
    },
  })
}

/** The `Cache-Control` of a file. */
function keptFor(path: string): string {
  if (/[\\/]assets[\\/]/.test(path)) return 'public, max-age=31536000, immutable'
  // Browsers request the icon again whenever the page's title changes.
  return path.endsWith('icon.svg') ? 'private, max-age=3600' : REVALIDATED
}

function serveCustomCss(app: App, css: CustomCss): void {
  app.get('/custom.css', { schema: { hide: true } }, (request, reply) => {
    const { text, hash } = css.current
    const etag = `"${hash}"`
    reply.headers({ 'cache-control': REVALIDATED, etag })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('text/css; charset=utf-8').send(text)
  })
}
