/*
 * The program: `belvedere COMMAND …`, in a process of its own.
 */
import type { CommandContext } from './cli/context.ts'
import { run } from './cli/run.ts'

/** Whoever stops the program is promised that it is gone after 5 s. */
const MOST_MS = 4500

let stopSignal: AbortSignal | undefined
let lastWord: NodeJS.Timeout | undefined

const context: CommandContext = {
  env: process.env,
  cwd: process.cwd(),
  // Opened only by a command that reads.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  // Signals are caught only for a command that heeds them.
  get signal() {
    stopSignal ??= makeStopSignal()
    return stopSignal
  },
}

// A reader that is gone, as of `belvedere config | head`, is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await run(process.argv.slice(2), context)
// Taken back, not only unreferenced: on a loop that was busy it may be overdue, and would end a command that was done.
clearTimeout(lastWord)

function makeStopSignal(): AbortSignal {
  const stop = new AbortController()
  const tell = (name: string) => {
    if (stop.signal.aborted) return
    stop.abort(name)
    lastWord = setTimeout(giveUp, MOST_MS)
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => tell(name))
  return stop.signal
}

function giveUp(): void {
  process.stderr.write('Not everything ended in time.\n')
  process.exit(1)
}
