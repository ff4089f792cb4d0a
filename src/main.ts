/*
 * The entry point of the process: `belvedere COMMAND …`, with its streams and signals.
 */
import type { CommandContext } from './cli/context.ts'
import { run } from './cli/run.ts'

/** The time limit of a graceful shutdown, ms; the documented limit is 5 s. */
const MOST_MS = 4500

let stopSignal: AbortSignal | undefined
let killTimer: NodeJS.Timeout | undefined

const context: CommandContext = {
  env: process.env,
  cwd: process.cwd(),
  // Opened lazily, by commands that read.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  // Signal handlers are installed lazily, only for commands that handle them.
  get signal() {
    stopSignal ??= makeStopSignal()
    return stopSignal
  },
}

// EPIPE, as in `belvedere config | head`, is not a failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await run(process.argv.slice(2), context)
// Cleared, not only unreferenced: on a busy event loop it may be overdue and would kill a command that has finished.
clearTimeout(killTimer)

function makeStopSignal(): AbortSignal {
  const stop = new AbortController()
  const tell = (name: string) => {
    if (stop.signal.aborted) return
    stop.abort(name)
    killTimer = setTimeout(giveUp, MOST_MS)
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => tell(name))
  return stop.signal
}

function giveUp(): void {
  process.stderr.write('Not everything ended in time.\n')
  process.exit(1)
}
