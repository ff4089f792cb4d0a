import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../transport/app.ts'
import { contentPolicy } from '../transport/content-security-policy.ts'
import { answerNotFound } from '../transport/error-handler.ts'
import { CustomCss } from './custom-css.ts'
import { oldAddresses } from './legacy-redirects.ts'
import { PageDocument } from './page-document.ts'

/** What the web app is served from. */
export interface PageParts {
  /** Where Vite put it. */
  readonly folder: string
  /** The path of the operator's style sheet. */
  readonly customCss: string | undefined
}

/** The addresses that the web app shows something of its own at; it looks at them itself. */
const ADDRESSES = ['/', '/watch/:label/:key', '/publish', '/app/*']

const HTML_HEADERS = {
  'cache-control': 'no-cache',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), fullscreen=(self), microphone=(), geolocation=()',
}

/**
 * The web app, as Vite built it, at each of its addresses, and the addresses that it had before.
 * @throws ConfigError when there is no such style sheet
 */
export async function servePage(app: App, { folder, customCss }: PageParts): Promise<void> {
  const css = customCss === undefined ? undefined : new CustomCss(customCss)
  if (css) serveCustomCss(app, css)
  oldAddresses(app)

  const index = join(folder, 'index.html')
  const isBuilt = existsSync(index)
  const answer = isBuilt ? answerWith(new PageDocument(index, css)) : answerNotBuilt
  for (const address of ADDRESSES) app.get(address, { schema: { hide: true } }, (_request, reply) => answer(reply))
  // A person who mistyped is told in words; programs get JSON.
  app.setNotFoundHandler((request, reply) =>
    isBuilt && isPerson(request) ? answer(reply.code(404)) : answerNotFound(request, reply),
  )
  if (isBuilt) await serveAssets(app, folder)
}

/** Whether a browser's address line asks. */
function isPerson({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html')
}

function answerWith(document: PageDocument) {
  return (reply: FastifyReply) => {
    const { html, nonce } = document.render()
    // No ETag: what a browser has kept holds the nonce of another answer.
    return reply
      .headers(HTML_HEADERS)
      .header('content-security-policy', contentPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(html)
  }
}

function answerNotBuilt(reply: FastifyReply) {
  return reply.code(503).send({ detail: 'The page is not built. Start the server with "npm start", which builds it.' })
}

/** What the page is made of. Assets have a hash in their names and never change. */
async function serveAssets(app: App, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // A route for each file, so that the addresses of the app and of others stay their own.
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

/** How long browsers may keep a file without asking. */
function keptFor(path: string): string {
  if (/[\\/]assets[\\/]/.test(path)) return 'public, max-age=31536000, immutable'
  // Browsers look for the icon again whenever the page's title changes.
  return path.endsWith('icon.svg') ? 'public, max-age=3600' : 'no-cache'
}

function serveCustomCss(app: App, css: CustomCss): void {
  app.get('/custom.css', { schema: { hide: true } }, (request, reply) => {
    const { text, hash } = css.current
    const etag = `"${hash}"`
    reply.headers({ 'cache-control': 'no-cache', etag })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('text/css; charset=utf-8').send(text)
  })
}
