#!/usr/bin/env node
// `npm start` and the `belvedere` executable: prepares the checkout, then runs src/main.ts under our own Node.
//
//   start.mjs [COMMAND] [ARGUMENT …]     COMMAND defaults to `serve`, also when the first argument is an option
//
// package.json has `exec node …` for `npm start`: without `exec` the shell in between would swallow npm's signals, and
// npm would exit before the server.

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
 * The user's working directory, which file arguments are relative to. `npm start` changes to the package's folder and
 * keeps the user's in INIT_CWD. All child processes inherit that variable, so it is used only directly under our own
 * `npm start`; `npx belvedere` and `node scripts/start.mjs` run in the user's directory anyway.
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
