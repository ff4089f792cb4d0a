import { statSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'
import type { App } from '../transport/app.ts'

/**
 * Files of the operator's own (`http.static_dir`) under `/static/`. A route of ours for one address there comes before
 * them.
 * @throws ConfigError when there is no such folder
 */
export async function serveStaticFiles(app: App, folder: string): Promise<void> {
  checkFolder(folder)
  await app.register(async (own) => {
    // Addresses that lead out of the folder, too: there is nothing.
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
        reply.header('cache-control', 'no-cache')
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
