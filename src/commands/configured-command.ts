import type { Role } from '../core/account-store.ts'
import { type Action, may, mayAny } from '../core/authorization.ts'
import type { EventLog } from '../core/event-log.ts'
import type { Json } from '../core/json.ts'
import { checkName } from '../core/stream-name.ts'
import type { Command } from './command.ts'
import { type CommandDefinition, checkForm, isCommandName } from './command-definition.ts'
import { CommandParams, type ParamValues } from './command-params.ts'
import { EventAppend } from './event-append.ts'
import type { Executor } from './executor.ts'
import { HttpCall } from './http-call.ts'
import { Program, type ProgramParts } from './program.ts'
import { TextTemplate } from './template.ts'

/** What configured commands need. */
export interface ConfiguredCommandParts extends ProgramParts {
  readonly events: EventLog
}

/**
 * Makes a command of what an operator has written down.
 * @throws Error with a sentence: what is wrong with which field; it repeats no value that may be a password
 */
export function configuredCommand(name: string, given: unknown, parts: ConfiguredCommandParts): Command {
  if (!isCommandName(name))
    throw new Error('its name must begin with a small letter and have small letters, digits and _, at most 64')
  checkForm(given)
  const { description, role = 'admin', label, key, timeout_s } = given
  const params = within('params', () => new CommandParams(given.params ?? {}, given.required))
  const executor = executorOf(name, given, parts)
  if (key !== undefined && label === undefined) throw new Error('key: only together with a label')
  const target = Object.entries({ label, key }).flatMap(([field, text]) =>
    text === undefined ? [] : [[field, new TextTemplate(text)] as const],
  )
  checkPlaces(params, [...executor.names, ...target.flatMap(([, { names }]) => names)])
  const isFixed = target.every(([, { names }]) => names.length === 0)
  const targetOf = (values: ParamValues) =>
    Object.fromEntries(target.map(([field, template]) => [field, checkName(field, template.render(values))]))
  if (isFixed) targetOf({})
  const action = ROLE_ACTION[role]
  return {
    name,
    description,
    params,
    action,
    isFor: (principal) => (isFixed ? may(principal, action, targetOf({})) : mayAny(principal, action)),
    timeout: timeout_s === undefined ? undefined : timeout_s * 1000,
    targetOf,
    execute: (execution) => executor.execute(execution),
  }
}

/** The lowest role that may give a command, by the action that this role is the first to have. */
const ROLE_ACTION: Readonly<Record<Exclude<Role, 'guest'>, Action>> = {
  user: 'command',
  model_manager: 'edit_cameras',
  admin: 'administer',
}

function executorOf(name: string, definition: CommandDefinition, parts: ConfiguredCommandParts): Executor {
  const { http, event, program, params = {} } = definition
  // What was parsed from YAML or JSON is JSON.
  if (http) return within('http', () => new HttpCall({ ...http, body: http.body as Json | undefined }, parts))
  if (event)
    return within(
      'event',
      () => new EventAppend({ ...event, data: event.data as Json | undefined }, name, parts.events),
    )
  if (program) return within('program', () => new Program(program, params, parts))
  throw new Error('must have one of http, event and program')
}

/** @throws Error unless each place has a parameter that always has a value */
function checkPlaces({ properties, required }: CommandParams, names: readonly string[]): void {
  for (const name of required)
    if (!Object.hasOwn(properties, name)) throw new Error(`required: there is no parameter ${name}`)
  for (const name of names) {
    if (!Object.hasOwn(properties, name)) throw new Error(`{${name}}: there is no such parameter`)
    if (!required.includes(name) && properties[name]?.default === undefined)
      throw new Error(`{${name}}: must be required, or have a default`)
  }
}

function within<Result>(field: string, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    throw new Error(`${field}.${error instanceof Error ? error.message : error}`)
  }
}
