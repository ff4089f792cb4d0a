import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from './binary.mjs'
import { ownEnvironment, run } from './child.mjs'
import { compressFolder } from './compress.mjs'
import { fail, say } from './console.mjs'
import { withEarlierAssets } from './earlier-assets.mjs'
import { ROOT } from './root.mjs'
import { ifStale } from './stale.mjs'

/** The inputs of the build. */
const INGREDIENTS = ['web', 'client', 'src/core', 'src/wire', 'package-lock.json']
/** The Vite builds, in order, with their arguments: the first empties the output folder. */
const PARTS = [
  ['web'],
  ['client'],
  ['client/stream-element'],
  ['client/script-tag', '--mode', 'event-stream'],
  ['client/script-tag', '--mode', 'websocket-client'],
  ['client/script-tag', '--mode', 'video-stream'],
]
const OUTPUT = join(ROOT, 'dist', 'web')
/** A file of a package that is served as it is, for pages that bring no Socket.IO client of their own. */
const SOCKET_IO = 'socket.io.min.js'
// Inside the output folder, so that an interrupted build leaves no stamp.
const STAMP = join(OUTPUT, '.stamp')

/**
 * Builds the web app into dist/web if its inputs have changed since the last build. If that fails, exits with the
 * build's output.
 * @param {string} node the path of our Node
 */
export async function buildPage(node) {
  if (!existsSync(join(ROOT, 'web', 'index.html'))) return
  await ifStale('page', INGREDIENTS, STAMP, () => withEarlierAssets(OUTPUT, () => build(node)))
}

async function build(node) {
  say('Building the page (once) …')
  const env = { ...ownEnvironment(node), NODE_ENV: 'production' }
  for (const part of PARTS) {
    const { code, output } = await run(node, [binary('vite'), 'build', ...part], { cwd: ROOT, env, quiet: true })
    const command = ['vite build', ...part].join(' ')
    if (code !== 0) fail(`${output}\nBuilding the page (${command}) failed; what it said stands above.`, code)
  }
  copyFileSync(
    join(ROOT, 'node_modules', 'socket.io-client', 'dist', SOCKET_IO),
    join(OUTPUT, 'static', 'js', SOCKET_IO),
  )
  await compressFolder(OUTPUT)
}
