import { mayAny } from '../core/authorization.ts'
import type { Clock } from '../core/clock.ts'
import type { Principal } from '../core/principal.ts'
import { seconds } from '../wire/doorbell-event.ts'
import type { Command, CommandResult } from './command.ts'
import { CommandParams } from './command-params.ts'

/** What the status is made of. */
export interface SystemStatusParts {
  readonly clock: Clock
  /** What else there is to say, as the principal may know it. */
  readonly more: (principal: Principal) => CommandResult
}

/**
 * The command `get_system_status`.
 * @returns its result: `{status: 'running', timestamp, …}`, the time in seconds since 1970
 */
export function getSystemStatus({ clock, more }: SystemStatusParts): Command {
  return {
    name: 'get_system_status',
    description: 'Tells how the server is.',
    params: new CommandParams({}),
    action: 'command',
    isFor: (principal) => mayAny(principal, 'command'),
    isReadOnly: true,
    targetOf: () => undefined,
    execute({ principal, begin }) {
      begin()
      return { status: 'running', timestamp: seconds(clock.now()), ...more(principal) }
    },
  }
}
