import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './console.mjs'
import { ROOT } from './root.mjs'

/**
 * The path of the executable (a JavaScript file) that one of our direct dependencies provides as `name`. Found in the
 * packages' package.json, since the files in node_modules/.bin differ by platform.
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
