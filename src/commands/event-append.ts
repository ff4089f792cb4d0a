import { ALL } from '../core/authorization.ts'
import type { Priority } from '../core/event.ts'
import type { EventLog } from '../core/event-log.ts'
import type { Json } from '../core/json.ts'
import { systemPrincipal } from '../core/principal.ts'
import { quotaClientOf } from '../core/quota-client.ts'
import { checkName } from '../core/stream-name.ts'
import { seconds } from '../wire/doorbell-event.ts'
import { nameOf } from './appended-event.ts'
import type { CommandResult, Execution } from './command.ts'
import type { Executor } from './executor.ts'
import { JsonTemplate } from './template.ts'

/** An event as it is configured. */
export interface EventDefinition {
  readonly type: string
  readonly priority?: Priority
  readonly data?: Json
}

/**
 * A command that is an event, of the label and key that the command applies to.
 * @returns its result: `{event_id, timestamp, stored}`, the time in seconds since 1970; with a `receipt` instead of the id
 *   where the event waits for the log
 */
export class EventAppend implements Executor {
  readonly names: readonly string[]
  readonly #definition: EventDefinition
  readonly #data: JsonTemplate
  readonly #source: string
  readonly #events: EventLog

  /** @param command its name, where the event came from */
  constructor(definition: EventDefinition, command: string, events: EventLog) {
    checkName('type', definition.type)
    this.#definition = definition
    this.#data = new JsonTemplate(definition.data ?? {})
    this.names = this.#data.names
    this.#source = command
    this.#events = events
  }

  async execute({ params, principal, target, begin }: Execution): Promise<CommandResult> {
    const { type, priority } = this.#definition
    const input = { type, priority, source: this.#source, ...target, data: this.#data.render(params) }
    const { client: publisher } = quotaClientOf(principal)
    const { event, isStored } = await this.#events.append(COMMANDS, input, { publisher, check: begin })
    return { ...nameOf(event), timestamp: seconds(event.timestamp), stored: isStored }
  }
}

/** It publishes on behalf of whoever may give the command. */
const COMMANDS = systemPrincipal('commands', [{ actions: ['publish'], scope: ALL }])
