#!/usr/bin/env node
// `npm start`, and the program `belvedere`: makes the checkout ready to run, then runs src/main.ts under our own Node.
//
//   start.mjs [COMMAND] [ARGUMENT …]     COMMAND is `serve` when there is none or the first argument is an option
//
// package.json says `exec node …` for `npm start`: the shell in between would keep the signals of npm to itself, and npm
// would end before the server has.

import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { runAndExit } from './lib/child.mjs'
import { buildPage } from './lib/page.mjs'
import { ROOT } from './lib/root.mjs'
import { prepare } from './lib/runtime.mjs'
import { compileServer, MAIN, SERVER_FLAGS } from './lib/server.mjs'

const given = process.argv.slice(2)
const isCommand = given.length > 0 && (!given[0].startsWith('-') || ['-h', '--help'].includes(given[0]))
const [command, ...args] = isCommand ? given : ['serve', ...given]

const node = await prepare()
if (command === 'serve') {
  await buildPage(node)
  await compileServer(node)
}
const flags = command === 'serve' ? SERVER_FLAGS : []
await runAndExit(node, [...flags, MAIN, command, ...args], { cwd: folderOfTheUser() })

/**
 * The folder that file arguments are relative to. `npm start` changes to the package's folder, whichever below it the
 * user is in, and keeps theirs in INIT_CWD. That variable is inherited by everything below, so it counts only where
 * npm has just made that change; `npx belvedere` and `node scripts/start.mjs` are in the user's folder already.
 */
function folderOfTheUser() {
  const { npm_lifecycle_event: script, npm_package_json: manifest, INIT_CWD: folder } = process.env
  const isOurNpmStart = script === 'start' && manifest && isRoot(dirname(manifest)) && isRoot(process.cwd())
  return isOurNpmStart && folder ? folder : process.cwd()
}

function isRoot(folder) {
  try {
    return realpathSync(folder) === realpathSync(ROOT)
  } catch {
    return false
  }
}
