import { join } from 'node:path'
import { ownEnvironment, run } from './child.mjs'
import { fail } from './console.mjs'
import { ROOT } from './root.mjs'
import { ifStale } from './stale.mjs'

/** The program. */
export const MAIN = join(ROOT, 'src', 'main.ts')

/**
 * How our Node is told to run the server. Pictures live outside of V8's heap and die young, but V8 sees them go only
 * when it collects; with the usual 16 MB of room for young objects it waits so long that it marks the
 * whole heap instead, again and again.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=1']

/**
 * Compiles the server into Node's cache if it has changed since. Node strips the types of what is not in the cache by a
 * WebAssembly module, and in a process that has used one loops over bytes are several times slower for as long as it
 * runs: the first start would be a slow server.
 * @param {string} node the path of our Node
 */
export async function compileServer(node) {
  const env = ownEnvironment(node)
  const stamp = join(env.NODE_COMPILE_CACHE, '.stamp')
  await ifStale('compile', ['src', 'demo', 'package-lock.json'], stamp, async () => {
    const { code, output } = await run(node, [...SERVER_FLAGS, MAIN, 'compile'], { cwd: ROOT, env, quiet: true })
    if (code !== 0) fail(`${output}\nLoading the server failed; what it said stands above.`, code)
  })
}
