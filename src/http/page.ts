import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { App } from './app.ts'

/** The web app, as Vite built it. Its assets have a hash in their names and never change. */
export async function servePage(app: App, folder: string): Promise<void> {
  if (!existsSync(folder)) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.code(503).send({ detail: 'The page is not built. Start the server with "npm start", which builds it.' }),
    )
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('cache-control', /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
