import { accessSync, constants, statSync } from 'node:fs'
import { CommandTurns } from '../../commands/command-turns.ts'
import { configuredCommand } from '../../commands/configured-command.ts'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'
import { commandRoutes } from '../../http/routes/command-routes.ts'
import type { Feature, House } from '../feature.ts'

/** `/commands`: the commands that are built in, and those of the operator. */
export const commands: Feature = {
  name: 'commands',
  install(house) {
    const { app, guard, commands } = house
    addConfigured(house)
    commandRoutes(app, { guard, commands })
    house.onClosing(() => commands.close())
  },
}

/** @throws ConfigError when a definition is wrong, naming it and what is allowed */
function addConfigured({ commands, events, clock, config: { commands: settings } }: House): void {
  const { custom, running: max, running_per_client: share, output_bytes: maxBytes } = settings
  const turns = new CommandTurns({ max, share })
  const problems: string[] = []
  for (const [name, definition] of Object.entries(custom)) {
    try {
      if (commands.has(name)) throw new Error('there is a command of that name already')
      commands.add(
        configuredCommand(name, definition, { clock, events, turns, maxBytes, grace: GRACE_MS, checkProgram }),
      )
    } catch (error) {
      problems.push(`commands.custom.${name}: ${messageOf(error)} (docs/commands.md).`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

/** How long a program has to end by itself, ms; shorter than a shutdown. */
const GRACE_MS = 2000

/** @throws Error unless the file can be run */
function checkProgram(path: string): void {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    throw new Error(`path: there is no program ${path} that may be run`)
  }
  if (!statSync(path).isFile()) throw new Error(`path: ${path} is no file`)
}
