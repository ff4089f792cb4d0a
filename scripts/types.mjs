// `npm run types`: type-checks the code for Node, for browsers, and for both, in parallel.

import { binary } from './lib/binary.mjs'
import { ownEnvironment, run } from './lib/child.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'

const node = await prepare()
const env = ownEnvironment(node)
const checks = ['tsconfig.json', 'tsconfig.browser.json', 'tsconfig.e2e.json'].map((project) =>
  run(node, [binary('tsc'), '--project', project], { cwd: ROOT, env, quiet: true }),
)
for (const { code, output } of await Promise.all(checks)) {
  process.stdout.write(output)
  if (code !== 0) process.exitCode = code
}
