import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary } from './binary.mjs'
import { ownEnvironment, run } from './child.mjs'
import { fail, say } from './console.mjs'
import { withLock } from './lock.mjs'
import { ROOT } from './root.mjs'

/** What the page is made of: files and folders of the checkout. */
const INGREDIENTS = ['web', 'client', 'src/core', 'src/wire', 'package-lock.json']
// Inside the folder that a build empties, so that a build cut short leaves no stamp.
const STAMP = join(ROOT, 'dist', 'web', '.stamp')

/**
 * Builds the web page into dist/web if anything it is made of has changed since. Ends the process with what the build
 * said when it fails.
 * @param {string} node the path of our Node
 */
export async function buildPage(node) {
  if (!existsSync(join(ROOT, 'web', 'index.html'))) return
  if (isBuilt(hashOfIngredients())) return
  await withLock('page', async () => {
    const hash = hashOfIngredients()
    if (isBuilt(hash)) return
    say('Building the page (once) …')
    const env = { ...ownEnvironment(node), NODE_ENV: 'production' }
    const { code, output } = await run(node, [binary('vite'), 'build', 'web'], { cwd: ROOT, env, quiet: true })
    if (code !== 0) fail(`${output}\nBuilding the page (vite build web) failed; what it said stands above.`, code)
    writeFileSync(STAMP, hash)
  })
}

function isBuilt(hash) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash
}

function hashOfIngredients() {
  const hash = createHash('sha256')
  for (const file of INGREDIENTS.flatMap(filesIn)) {
    const bytes = readFileSync(join(ROOT, file))
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** The files of a folder and of those below it, or the file itself, in an order that is always the same. */
function filesIn(path) {
  if (path.endsWith('.json')) return [path]
  if (!existsSync(join(ROOT, path))) return []
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.endsWith('.test.ts'))
    .map((entry) => ({ path: `${path}/${entry.name}`, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((entry) => (entry.isFolder ? filesIn(entry.path) : [entry.path]))
}
