import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './console.mjs'
import { ROOT } from './root.mjs'

/**
 * The path of the program (a JavaScript file) that one of our direct dependencies offers under `name`. Found by the
 * packages' own words: what stands in node_modules/.bin is another thing on each platform.
 */
export function binary(name) {
  const own = packageAt(ROOT)
  const dependencies = { ...own.dependencies, ...own.devDependencies }
  for (const dependency of Object.keys(dependencies)) {
    const folder = join(ROOT, 'node_modules', dependency)
    const { bin } = packageAt(folder)
    const path = typeof bin === 'string' ? { [dependency.split('/').at(-1)]: bin }[name] : bin?.[name]
    if (path) return join(folder, path)
  }
  return fail(`None of the dependencies in package.json offers a program "${name}".`)
}

function packageAt(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
