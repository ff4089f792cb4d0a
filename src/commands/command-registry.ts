import type { Target } from '../core/authorization.ts'
import type { Clock } from '../core/clock.ts'
import type { CommandRate } from '../core/command-rate.ts'
import type { CommandCall, CommandInfo, Commands } from '../core/commands.ts'
import { limited, Refusal } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { codeUnitOrder } from '../core/name-order.ts'
import { authorize, authorizeAny, checkNotEnded, type Principal } from '../core/principal.ts'
import { Quota, type QuotaBound, type QuotaRules } from '../core/quota.ts'
import { quotaClientOf } from '../core/quota-client.ts'
import { type Command, CommandFailure, type CommandResult } from './command.ts'
import { CommandRun } from './command-run.ts'

/** Where commands are recorded: the audit trail. */
export interface CommandAudit {
  note(
    actor: { readonly who: string; readonly address: string },
    audited: {
      readonly action: 'command'
      readonly target: string
      readonly outcome: 'ok' | 'refused' | 'failed'
      readonly detail: string
    },
  ): void
}

/** Bounds of commands. */
export interface CommandRules {
  /** How long a command may take with all its waiting, unless it has its own limit, ms. */
  readonly timeout: number
  /** How large its parameters may be, written as JSON, in bytes. */
  readonly paramBytes: number
  /** How many may be under way at once, and of one client: waiting or running. */
  readonly underWay: QuotaRules
}

/** What the registry needs. */
export interface CommandRegistryParts {
  readonly clock: Clock
  readonly log: Log
  readonly audit: CommandAudit
  readonly commandRate: CommandRate
  /** Who gives a command, in the limits of clients. */
  readonly clientOf: (principal: Principal, address: string) => string
  readonly rules: CommandRules
}

/**
 * The registry of commands: who may give which, and what every command has in common. A command is counted, checked,
 * allowed, done within its time, and recorded, whatever it does and however it came in.
 */
export class CommandRegistry implements Commands {
  readonly #parts: CommandRegistryParts
  readonly #commands = new Map<string, Command>()
  readonly #underWay: Quota
  readonly #runs = new Set<CommandRun>()
  #isClosed = false

  constructor(parts: CommandRegistryParts) {
    this.#parts = parts
    this.#underWay = new Quota(parts.rules.underWay)
  }

  /** Whether there is a command of that name. */
  has(name: string): boolean {
    return this.#commands.has(name)
  }

  /** Adds a command. @throws Error if there is one of that name */
  add(command: Command): void {
    if (this.has(command.name)) throw new Error(`there are two commands ${command.name}`)
    this.#commands.set(command.name, command)
  }

  list(principal: Principal): readonly CommandInfo[] {
    const commands = [...this.#commands.values()].filter((command) => command.isFor(principal))
    return commands
      .map(({ name, description, params }) => ({ name, description, params: params.schema }))
      .sort((one, other) => codeUnitOrder(one.name, other.name))
  }

  async run(name: string, params: unknown, call: CommandCall): Promise<CommandResult> {
    const { audit } = this.#parts
    const { principal, address } = call
    const record: CommandRecord = { target: short(name), shown: '', isReadOnly: false, isDone: false }
    const note = (outcome: 'ok' | 'refused' | 'failed', detail: string) =>
      audit.note({ who: principal.name, address }, { action: 'command', target: record.target, outcome, detail })
    try {
      const result = await this.#run(name, params, call, record)
      if (!record.isReadOnly) note('ok', record.shown)
      return result
    } catch (error) {
      const refusal = this.#refusalOf(name, error)
      // What was done was done, also if whoever gave it may not have the result.
      if (record.isDone && !record.isReadOnly) note('ok', record.shown)
      else note(FAILURES.has(refusal.code) ? 'failed' : 'refused', `${refusal.message} ${record.shown}`.trim())
      refusal.isAudited = true
      throw refusal
    }
  }

  /** Refuses what comes, ends what runs. Resolves once all of it has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const run of this.#runs) run.stop(STOPPING)
    await Promise.all([...this.#runs].map(({ settled }) => settled))
  }

  async #run(name: string, given: unknown, call: CommandCall, record: CommandRecord): Promise<CommandResult> {
    const { commandRate, clientOf, clock, rules } = this.#parts
    const { principal } = call
    const client = clientOf(principal, call.address)
    checkNotEnded(principal)
    commandRate.count(client)
    const command = this.#commands.get(name)
    if (!command) throw new Refusal('not_found', `Unknown command: ${short(name)}`)
    const { action, timeout = rules.timeout } = command
    inWordsOf(record, principal, () => authorizeAny(principal, action))
    const params = command.params.check(given, rules.paramBytes, 'commands.param_bytes')
    record.shown = command.params.shown(params)
    record.isReadOnly = command.isReadOnly ?? false
    const target = command.targetOf(params, principal)
    record.target = `${name} ${spoken(target)}`.trim()
    const check = () =>
      inWordsOf(record, principal, () =>
        target ? authorize(principal, action, target) : authorizeAny(principal, action),
      )
    check()
    if (this.#isClosed) throw new Refusal('unavailable', STOPPING)
    const owner = quotaClientOf(principal, client)
    const bound = this.#underWay.take(owner.client, 1, owner.isPrivileged)
    if (bound !== undefined) throw tooManyUnderWay(bound)
    const run = new CommandRun(command, { clock, timeout, gone: call.signal, check })
    this.#runs.add(run)
    void run.settled.then(() => {
      this.#runs.delete(run)
      this.#underWay.give(owner.client, 1)
    })
    const result = await run.start({ params, principal, target: target ?? {}, client })
    record.isDone = true
    // Whoever has lost the right while it was done learns nothing of it.
    checkNotEnded(principal)
    return result
  }

  #refusalOf(name: string, error: unknown): Refusal {
    if (error instanceof Refusal) return error
    const { log } = this.#parts
    const said = error instanceof CommandFailure
    if (said) log.warn({ command: name, reason: error.message, ...error.fields }, 'a command failed')
    else log.error({ command: name, err: error }, 'a command failed')
    return new Refusal('unavailable', `${name} failed: ${said ? error.message : 'the log says more.'}`)
  }
}

/** What is written down about a command. */
interface CommandRecord {
  target: string
  shown: string
  isReadOnly: boolean
  isDone: boolean
}

/** Refusals of something that was begun, or would have been. */
const FAILURES = new Set(['unavailable', 'timed_out', 'not_stored'])

const STOPPING = 'The server is shutting down.'

/** A name that somebody made up. */
function short(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name
}

function spoken({ label, key }: Target = {}): string {
  return [label, key].filter((part) => part !== undefined).join('/')
}

/** Somebody who may not "edit cameras" would not know why that keeps them from a command. */
function inWordsOf({ target }: CommandRecord, principal: Principal, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'forbidden') throw error
    throw new Refusal('forbidden', `${principal.name} may not give the command ${target}`)
  }
}

function tooManyUnderWay(bound: QuotaBound): Refusal {
  if (bound !== 'share') {
    const limit = 'commands.under_way'
    return new Refusal('exhausted', `Too many commands are under way (${limit}).`, { limit })
  }
  const limit = 'commands.under_way_per_client'
  const again = (seconds: number) => `Too many of your commands are under way (${limit}); try again in ${seconds} s.`
  return limited(RETRY_MS, again, limit)
}

const RETRY_MS = 1000
