import { inspect } from 'node:util'
import type { CommandContext } from './context.ts'
import { HELP, isHelp } from './help.ts'

/**
 * Runs `belvedere COMMAND …` to its end. Each command is loaded lazily, so that small ones start fast.
 * @param argv the command and its arguments
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage
 */
export async function run(argv: readonly string[], context: CommandContext): Promise<number> {
  const [command = 'help', ...args] = argv
  const isHelpAsked = !EXPLAINED.has(command) && args.some(isHelp)
  try {
    return await runCommand(isHelpAsked ? 'help' : command, args, context)
  } catch (error) {
    // A user's mistake is reported in one sentence; anything else is a bug and printed with its stack trace.
    const isForUser = error instanceof Error && 'code' in error && FOR_USERS.has(error.code)
    context.stderr.write(`${isForUser ? error.message : inspect(error)}\n`)
    return isForUser && 'exitCode' in error && error.exitCode === 2 ? 2 : 1
  }
}

/** The commands that explain themselves. */
const EXPLAINED = new Set(['user', 'publish'])

const FOR_USERS = new Set<unknown>(['config', 'usage', 'database'])

async function runCommand(command: string, args: readonly string[], context: CommandContext): Promise<number> {
  switch (command) {
    case 'serve':
      return (await import('./serve.ts')).serve(args, context)
    case 'publish':
      return (await import('./publish.ts')).publish(args, context)
    case 'simulate':
      return (await import('./simulate.ts')).simulate(args, context)
    case 'user':
      return (await import('./user.ts')).user(args, context)
    case 'key':
      return (await import('./key.ts')).key(args, context)
    case 'secret':
      return (await import('./secret.ts')).secret(args, context)
    case 'config':
      return (await import('./config.ts')).config(context)
    case 'compile':
      // For the start script: loads everything, which fills Node's compile cache, and does nothing else.
      await Promise.all([
        import('./serve.ts'),
        import('./publish.ts'),
        import('./simulate.ts'),
        import('./user.ts'),
        import('./key.ts'),
        import('./secret.ts'),
        import('./config.ts'),
        import('../../demo/worker.ts'),
        // Its native module is missing on some platforms; they have no renditions.
        import('../renditions/scaler-worker.ts').catch(() => {}),
        import('../store/events/event-worker.ts'),
        import('../http/transport/engine-io/engine.ts'),
        import('../sinks/socket-io/namespaces.ts'),
      ])
      return 0
    case 'help':
    case '--help':
    case '-h':
      context.stdout.write(`${HELP}\n`)
      return 0
    default:
      context.stderr.write(`There is no command "${command}".\n\n${HELP}\n`)
      return 2
  }
}
