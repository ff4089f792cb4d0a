import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ownEnvironment, run } from './child.mjs'
import { fail } from './console.mjs'
import { ROOT } from './root.mjs'
import { ifStale } from './stale.mjs'

/** The server's entry point. */
export const MAIN = join(ROOT, 'src', 'main.ts')

/**
 * Node's flags for the server. Pictures are short-lived and kept outside of V8's heap, but freed only by its garbage
 * collections; with the default 16 MB semi-space, minor collections are so rare that full ones run again and again. With
 * 1 MB they are so frequent that fan-out takes a tenth more.
 *
 * By default V8 also begins a full collection for each 64 MB that buffers take more than after the last one, however much
 * they take in all. Counted in its limit for the whole heap they are allowed to grow with what is in use: under attack,
 * with 600 MB of buffers, there are four times fewer full collections, and the server takes 160 ms a second, not 260.
 *
 * How much the heap may grow before the next full collection V8 derives from how fast it allocates and collects, and most of
 * what it allocates here is not in the heap: a camera of 25 pictures a second of 193 KB cost 17 full collections in 20 s, half
 * of all that the server did. Allowed to grow by half it is 3, and 7.4 % of a core, not 13.0, for 30 MB more. Buffers by
 * themselves still make V8 collect when they have grown by 0.3 (with 250 MB of them the process is 10 MB larger).
 *
 * V8 helps itself with four threads, however few processors there are. On one or two they compete with the server: under
 * attack, on one processor, the main thread waited for them twice as long as it worked.
 */
export const SERVER_FLAGS = [
  '--max-semi-space-size=4',
  '--external-memory-accounted-in-global-limit',
  '--heap-growing-percent=50',
  `--v8-pool-size=${v8Threads()}`,
]

/**
 * Fills Node's compile cache if the server's source has changed. Node strips the types of uncached files with a
 * WebAssembly module, and in a process that has used it loops over bytes are several times slower until it exits: the
 * first start would be a slow server.
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

/** As many threads as there are other processors: one to four. */
function v8Threads() {
  return Math.min(Math.max(availableParallelism() - 1, 1), 4)
}
