import type { CommandResult, Execution } from './command.ts'

/** What a configured command does. */
export interface Executor {
  /** The parameters that its templates have places for. */
  readonly names: readonly string[]
  /** As `Command.execute`. */
  execute(execution: Execution): Promise<CommandResult>
}
