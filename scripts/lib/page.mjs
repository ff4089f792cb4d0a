import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from './binary.mjs'
import { ownEnvironment, run } from './child.mjs'
import { compressFolder } from './compress.mjs'
import { fail, say } from './console.mjs'
import { ROOT } from './root.mjs'
import { ifStale } from './stale.mjs'

/** What the page is made of. */
const INGREDIENTS = ['web', 'client', 'src/core', 'src/wire', 'package-lock.json']
/** What is built, in this order: the first empties the folder. */
const PARTS = ['web', 'client']
// Inside the folder that a build empties, so that a build cut short leaves no stamp.
const STAMP = join(ROOT, 'dist', 'web', '.stamp')

/**
 * Builds the web page into dist/web if anything it is made of has changed since. Ends the process with what the build
 * said when it fails.
 * @param {string} node the path of our Node
 */
export async function buildPage(node) {
  if (!existsSync(join(ROOT, 'web', 'index.html'))) return
  await ifStale('page', INGREDIENTS, STAMP, async () => {
    say('Building the page (once) …')
    const env = { ...ownEnvironment(node), NODE_ENV: 'production' }
    for (const part of PARTS) {
      const { code, output } = await run(node, [binary('vite'), 'build', part], { cwd: ROOT, env, quiet: true })
      if (code !== 0) fail(`${output}\nBuilding the page (vite build ${part}) failed; what it said stands above.`, code)
    }
    await compressFolder(join(ROOT, 'dist', 'web'))
  })
}
