/*
 * The command line: `belvedere COMMAND …`. Each command is loaded only when it is asked for, so that a small one
 * starts fast.
 */
import { HELP } from './cli/help.ts'

const FOR_USERS = new Set<unknown>(['config', 'usage', 'database'])

const [command = 'help', ...args] = process.argv.slice(2)

try {
  process.exitCode = await run(command, args)
} catch (error) {
  // What the user did wrong is told in one sentence; anything else is our fault and wants the whole story.
  const isForUser = error instanceof Error && 'code' in error && FOR_USERS.has(error.code)
  console.error(isForUser ? error.message : error)
  process.exitCode = isForUser && 'exitCode' in error && error.exitCode === 2 ? 2 : 1
}

async function run(command: string, args: string[]): Promise<number> {
  switch (command) {
    case 'serve':
      return (await import('./cli/serve.ts')).serve(args)
    case 'publish':
      return (await import('./cli/publish.ts')).publish(args)
    case 'user':
      return (await import('./cli/user.ts')).user(args)
    case 'secret':
      return (await import('./cli/secret.ts')).secret(args)
    case 'config':
      return (await import('./cli/config.ts')).config()
    case 'compile':
      // For the start script: everything is loaded, and so in Node's cache, and nothing is done.
      await Promise.all([
        import('./cli/serve.ts'),
        import('./cli/publish.ts'),
        import('./cli/user.ts'),
        import('./cli/secret.ts'),
        import('./cli/config.ts'),
        import('./sources/demo/worker.ts'),
      ])
      return 0
    case 'help':
    case '--help':
    case '-h':
      console.log(HELP)
      return 0
    default:
      console.error(`There is no command "${command}".\n\n${HELP}`)
      return 2
  }
}
