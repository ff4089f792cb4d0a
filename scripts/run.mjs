// Runs a program from our dependencies (or `node` itself) under our own Node, in the checkout.
//
//   run.mjs NAME [ARGUMENT …]

import { binary } from './lib/binary.mjs'
import { runAndExit } from './lib/child.mjs'
import { fail } from './lib/console.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'

const [name, ...args] = process.argv.slice(2)
if (!name)
  fail('Usage: node scripts/run.mjs NAME [ARGUMENT …], for example: node scripts/run.mjs vitest --project unit')

const node = await prepare()
await runAndExit(node, name === 'node' ? args : [binary(name), ...args], { cwd: ROOT })
