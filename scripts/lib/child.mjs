import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import { ROOT } from './root.mjs'

const MS_BETWEEN_LOOKS = 250

/**
 * Runs a command to its end, forwarding SIGTERM, SIGINT and SIGHUP to it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, quiet?: boolean }} [options] quiet: no input, and
 *   the output is collected instead of shown
 * @returns {Promise<{ code: number, output: string }>} code: the exit code; 128 + the number of the signal that ended
 *   it; 127 when it could not be started · output: both outputs of a quiet command, in the order they came
 */
export function run(command, args, { cwd, env, quiet = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // Windows runs .cmd files through its shell only.
      shell: command.endsWith('.cmd'),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    const stopPassing = passSignals(child)
    const end = (code) => {
      stopPassing()
      resolve({ code, output })
    }
    child.once('error', (error) => {
      output += `${error.message}\n`
      if (!quiet) console.error(error.message)
      end(127)
    })
    child.once('close', (code, signal) => end(signal ? 128 + constants.signals[signal] : code))
  })
}

/**
 * Runs a program under our Node, inheriting standard input and output, and exits with the program's exit code.
 * @param {string} node the path of our Node
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 */
export async function runAndExit(node, args, { cwd, env = process.env } = {}) {
  const { code } = await run(node, args, { cwd, env: ownEnvironment(node, env) })
  process.exit(code)
}

/**
 * The environment of programs under our Node: it comes first in PATH, and Node's compile cache, which halves the
 * startup time, is inside the checkout (nothing is written outside of it).
 */
export function ownEnvironment(node, env = process.env) {
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const folders = [dirname(node), env[path]].filter(Boolean)
  return {
    ...env,
    [path]: folders.join(delimiter),
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'node-compile'),
  }
}

/** Forwards signals to the child. @returns {() => void} stops forwarding */
function passSignals(child) {
  const pass = (signal) => {
    // Ctrl+C: the terminal has sent it to the whole process group already, and a second SIGINT means "at once".
    if (signal === 'SIGINT' && isatty(0)) return
    child.kill(signal)
  }
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, pass)

  // npm and npx run us below a shell that dies from a signal without forwarding it: all we can see is that our parent
  // process has changed. Only under npm: otherwise a parent may exit and leave the server running on purpose.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, MS_BETWEEN_LOOKS)
  if (!process.env.npm_lifecycle_event) clearInterval(watch)

  return () => {
    clearInterval(watch)
    for (const signal of signals) process.off(signal, pass)
  }
}
