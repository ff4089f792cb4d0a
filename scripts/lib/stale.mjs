import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { ROOT } from './root.mjs'

/**
 * Runs an action if its inputs have changed since it last ran (an up-to-date check by hash); by only one of several
 * processes.
 * @param {string} name the name of the lock
 * @param {readonly string[]} ingredients the inputs: files and folders of the checkout
 * @param {string} stamp the file with the hash of the last run, deleted by whatever undoes the action
 * @param {() => Promise<void>} action
 */
export async function ifStale(name, ingredients, stamp, action) {
  if (isFresh(stamp, hashOf(ingredients))) return
  await withLock(name, async () => {
    // Another process may have run it while this one waited for the lock.
    const hash = hashOf(ingredients)
    if (isFresh(stamp, hash)) return
    await action()
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, hash)
  })
}

function isFresh(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
}

function hashOf(ingredients) {
  const hash = createHash('sha256')
  for (const file of ingredients.flatMap(filesIn)) {
    const bytes = readFileSync(join(ROOT, file))
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** The files of a folder, recursively, or the file itself, in a stable order. */
function filesIn(path) {
  if (path.endsWith('.json')) return [path]
  if (!existsSync(join(ROOT, path))) return []
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.endsWith('.test.ts'))
    .map((entry) => ({ path: `${path}/${entry.name}`, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((entry) => (entry.isFolder ? filesIn(entry.path) : [entry.path]))
}
