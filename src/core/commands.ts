import type { Json } from './json.ts'
import type { Principal } from './principal.ts'

/** A command as those who may give it see it. */
export interface CommandInfo {
  /** "trigger_doorbell" */
  readonly name: string
  /** One sentence for people. */
  readonly description: string
  /** The JSON Schema of its parameters, an object. */
  readonly params: Readonly<Record<string, unknown>>
}

/** Who gives a command, and how long it waits for the result. */
export interface CommandCall {
  readonly principal: Principal
  /** The IP address that it came from, for the audit trail. */
  readonly address: string
  /** Aborted when the caller has gone: a command that has not begun by then is not carried out. */
  readonly signal?: AbortSignal | undefined
}

/** The commands that people and programs may give, as sinks and routes see them. */
export interface Commands {
  /** Those that the principal may give on anything at all, in the order of their names. */
  list(principal: Principal): readonly CommandInfo[]
  /**
   * Carries out a command, and records it in the audit trail.
   * @param params as the caller sent them; `undefined` and `null` are an empty object
   * @returns its result, an object
   * @throws Refusal `not_found` ("Unknown command: <name>"), `invalid` when the parameters do not fit, `forbidden`,
   *   `unauthenticated`, `limited` or `exhausted` at a limit, `unavailable` when it failed, or took or waited too long
   */
  run(name: string, params: unknown, call: CommandCall): Promise<Readonly<Record<string, Json>>>
}
