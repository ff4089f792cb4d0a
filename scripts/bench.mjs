// `npm run bench`: measures what docs/benchmarks.md claims.
//
//   bench.mjs [NAME …]     all of them when none is named

import { join } from 'node:path'
import { runAndExit } from './lib/child.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'
import { compileServer } from './lib/server.mjs'
import { systemProgram } from './lib/system.mjs'

const node = await prepare()
await systemProgram(['gcc'], ['gcc', 'libc6-dev'], 'the yardsticks of the benchmarks are written in C')
await compileServer(node)
await runAndExit(node, [join(ROOT, 'bench', 'main.ts'), ...process.argv.slice(2)], { cwd: ROOT })
