import { isAbsolute } from 'node:path'
import { Refusal } from '../core/errors.ts'
import type { CommandResult, Execution } from './command.ts'
import type { ParamSchema, ParamValues } from './command-params.ts'
import type { CommandTurns } from './command-turns.ts'
import type { Executor } from './executor.ts'
import { outputOf } from './output.ts'
import { Pattern } from './pattern.ts'
import { type ProgramRules, runProgram } from './program-run.ts'
import { TextTemplate } from './template.ts'

/** A program as it is configured. */
export interface ProgramDefinition {
  /** Absolute. */
  readonly path: string
  readonly args?: readonly string[]
}

/** What a program needs. */
export interface ProgramParts extends ProgramRules {
  readonly turns: CommandTurns
  /** @throws Error with a sentence unless there is a program at this path that may be run */
  readonly checkProgram: (path: string) => void
}

/**
 * A command that is a program of the operator's.
 * @returns its result: `{exit_code: 0, output, truncated?}`; the output is JSON if it was, else a text
 */
export class Program implements Executor {
  readonly names: readonly string[]
  readonly #path: string
  readonly #args: readonly TextTemplate[]
  readonly #params: Readonly<Record<string, ParamSchema>>
  readonly #parts: ProgramParts

  /** @throws Error with a sentence: what is wrong with which field */
  constructor(
    { path, args = [] }: ProgramDefinition,
    params: Readonly<Record<string, ParamSchema>>,
    parts: ProgramParts,
  ) {
    if (process.platform === 'win32') throw new Error('programs need process groups, which Windows does not have')
    if (!isAbsolute(path) || path.includes('\0')) throw new Error('path: must be absolute, such as /usr/local/bin/gate')
    if (args.some((text) => text.includes('\0'))) throw new Error('args: must not contain NUL')
    parts.checkProgram(path)
    this.#path = path
    this.#args = args.map((text) => new TextTemplate(text))
    this.#params = params
    this.#parts = parts
    this.names = this.#args.flatMap(({ names }) => names)
  }

  async execute({ params, client, signal, begin }: Execution): Promise<CommandResult> {
    const args = this.#args.map((template) => this.#render(template, params))
    return this.#parts.turns.run(client, signal, async () => {
      begin()
      const { output, isCut } = await runProgram(this.#path, args, this.#parts, signal)
      return { exit_code: 0, output: outputOf(output, !isCut && isBracket(output)), ...(isCut && { truncated: true }) }
    })
  }

  /** An argument must not become an option because of what somebody sent. */
  #render(template: TextTemplate, params: ParamValues): string {
    const argument = template.render(params)
    const { first } = template
    if (first === undefined || !argument.startsWith('-')) return argument
    const schema = this.#params[first]
    const value = String(params[first])
    const isMeant = value.startsWith('-') && schema !== undefined && allowsDash(schema, value)
    if (!isMeant) throw new Refusal('invalid', `${first}: must not begin with "-"`)
    return argument
  }
}

/** Whether it begins as an object or a list: "042" and "null" are texts. */
function isBracket([first]: Uint8Array): boolean {
  return first === 0x7b || first === 0x5b
}

/** Whether whoever configured a parameter has said that it may begin so. */
function allowsDash({ enum: choices, pattern = '', minimum }: ParamSchema, value: string): boolean {
  if (choices !== undefined || minimum !== undefined) return true
  // "^a|b" finds "b" anywhere: it must be found at the beginning.
  return pattern.startsWith('^') && new Pattern(pattern, 'uy').finds(value)
}
