import { resolve } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { App } from '../transport/app.ts'
import { REVALIDATED } from '../transport/response-headers.ts'

/** Where pages look for it, as Socket.IO's own server has it; it is also `/static/js/socket.io.min.js`. */
const PATHS = ['/socket.io/socket.io.js', '/socket.io/socket.io.min.js']

/**
 * Serves the Socket.IO client file for pages that include it from the server that they connect to. It is minified at
 * either path.
 * @param pageDir the folder of the built web app; until it is built the answer is 404
 */
export async function serveSocketIoClientFile(app: App, pageDir: string): Promise<void> {
  await app.register(async (own: App) => {
    await own.register(fastifyStatic, {
      root: resolve(pageDir, 'static', 'js'),
      serve: false,
      preCompressed: true,
      cacheControl: false,
      // Said by whoever builds the page, if it is missing.
      suppressWarning: true,
    })
    for (const path of PATHS)
      own.get(path, { schema: { hide: true } }, (_request, reply) =>
        reply.header('cache-control', REVALIDATED).sendFile('socket.io.min.js'),
      )
  })
}
