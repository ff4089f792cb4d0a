import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { run } from './child.mjs'
import { fail, say } from './console.mjs'

/**
 * Finds a program of the operating system. A missing one is installed on a Debian-like system as root; otherwise the
 * process exits with the command to run.
 * @param {readonly string[]} names its possible names (or absolute paths), preferred first; or a header file's path
 * @param {readonly string[]} packages the Debian packages that contain it
 * @param {string} purpose for the message: "the browser tests need it"
 * @returns {Promise<string>} its path
 */
export function systemProgram(names, packages, purpose) {
  return installed(() => find(names), names[0], packages, purpose)
}

/**
 * The same for what is no program but can be tried.
 * @param {() => string | undefined | Promise<string | undefined>} look finds it, if it is there
 * @param {string} what its name, for the message
 * @param {readonly string[]} packages as above
 * @param {string} purpose as above
 * @returns {Promise<string>} what `look` finds
 */
export async function installed(look, what, packages, purpose) {
  const found = await look()
  if (found) return found
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
  const missing = `${what} is missing (${purpose})`
  const apt = find(['apt-get'])
  if (!apt) fail(`${missing}. Install it and see that it is in the search path; on Debian: ${command}`)
  if (process.getuid?.() !== 0) fail(`${missing}. Install it with: sudo sh -c '${command}'`)
  const failure = await install(apt, packages)
  if (failure)
    fail(`${failure.output}\n${missing}, and ${failure.command} failed; what it said stands above.`, failure.code)
  return (await look()) ?? fail(`${missing}, and installing ${packages.join(', ')} did not bring it.`)
}

/**
 * The same for an optional program: undefined if it is missing and cannot be installed.
 * @param {readonly string[]} names as above
 * @param {readonly string[]} packages as above; none to look only
 * @returns {Promise<string | undefined>} its path
 */
export async function optionalSystemProgram(names, packages) {
  const found = find(names)
  if (found) return found
  const apt = find(['apt-get'])
  if (!apt || process.getuid?.() !== 0 || packages.length === 0) return undefined
  await install(apt, packages)
  return find(names)
}

/** @returns the error, if there was one */
async function install(apt, packages) {
  say(`Installing ${packages.join(', ')} (once) …`)
  // A service that is installed is not started: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { code, output } = await run(apt, args, { env, quiet: true })
    if (code !== 0) return { command: `apt-get ${args.join(' ')}`, code, output }
  }
  return undefined
}

function find(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return names
    .flatMap((name) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))))
    .find(isProgram)
}

function isProgram(path) {
  try {
    accessSync(path, path.endsWith('.h') ? constants.R_OK : constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
