import { statSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'
import { REVALIDATED } from '../transport/response-headers.ts'

/**
 * Serves the operator's static files (`http.static_dir`) under `/static/`. The server's own routes there take
 * precedence.
 * @param hasInline whether scripts and styles in the HTML itself run
 * @throws ConfigError when the folder does not exist or cannot be read
 */
export async function serveStaticFiles(app: App, folder: string, hasInline: boolean): Promise<void> {
  checkFolder(folder)
  await app.register(async (own) => {
    // Path traversal out of the folder is answered 404, not 403.
    own.setErrorHandler((error, request, reply) => {
      const isForbidden = error instanceof Error && 'statusCode' in error && error.statusCode === 403
      if (!isForbidden) throw error
      // Without the query, which may hold a token.
      request.log.debug({ path: request.url.split('?', 1)[0] }, 'an address that leads out of http.static_dir')
      return reply.callNotFound()
    })
    await own.register(fastifyStatic, {
      root: folder,
      prefix: '/static/',
      decorateReply: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders(reply) {
        reply.header('cache-control', REVALIDATED)
        if (hasInline) reply.header('content-security-policy', app.contentPolicies.inline)
      },
    })
  })
}

function checkFolder(folder: string): void {
  let isFolder: boolean
  try {
    isFolder = statSync(folder).isDirectory()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw new ConfigError([
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `http.static_dir: the folder ${folder} does not exist.`
        : `http.static_dir: ${folder} cannot be read: ${messageOf(error)}.`,
    ])
  }
  if (!isFolder) throw new ConfigError([`http.static_dir: ${folder} is not a folder.`])
}
