import type { Action, Target } from '../core/authorization.ts'
import type { Json } from '../core/json.ts'
import type { Principal } from '../core/principal.ts'
import type { CommandParams, ParamValues } from './command-params.ts'

/** The result of a command, an object. */
export type CommandResult = Readonly<Record<string, Json>>

/** A command, as the registry knows it. */
export interface Command {
  /** "trigger_doorbell": begins with a letter, only `a-z`, digits and `_`. */
  readonly name: string
  /** One sentence for people. */
  readonly description: string
  readonly params: CommandParams
  /** What whoever gives it must be allowed to do to its target. */
  readonly action: Action
  /** Whether it changes nothing: the audit trail then has only refusals and failures of it. */
  readonly isReadOnly?: boolean
  /** How long it may take with all its waiting, ms; default: that of the registry. */
  readonly timeout?: number | undefined
  /** Whether the principal may give it with some parameters: then it is in the list. */
  isFor(principal: Principal): boolean
  /**
   * What it applies to; undefined: to nothing in particular, so that it is enough to be allowed on anything.
   * @throws Refusal `invalid`, `forbidden`
   */
  targetOf(params: ParamValues, principal: Principal): Target | undefined
  /**
   * Does it, and settles once all that it opened is closed.
   * @throws Refusal; CommandFailure when it did not work
   */
  execute(execution: Execution): Promise<CommandResult> | CommandResult
}

/** One time that a command is carried out. */
export interface Execution {
  /** Checked, with defaults. */
  readonly params: ParamValues
  readonly principal: Principal
  readonly target: Target
  /** Who gave it, as rate limits know them. */
  readonly client: string
  /** Aborted when its time is over or the server stops; `reason` is the refusal to throw. */
  readonly signal: AbortSignal
  /**
   * To be called right before the deed, with no `await` in between.
   * @throws Refusal when it is too late, or the right has ended
   */
  begin(): void
}

/** A command was begun and did not work. The message is for whoever gave it, and has no secret in it. */
export class CommandFailure extends Error {
  /** More for the log. */
  readonly fields: object

  constructor(message: string, fields: object = {}) {
    super(message)
    this.name = 'CommandFailure'
    this.fields = fields
  }
}
