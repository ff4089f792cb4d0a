import { messageOf, Refusal } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { CommandFailure, type CommandResult, type Execution } from './command.ts'
import type { ParamValues } from './command-params.ts'
import type { CommandTurns } from './command-turns.ts'
import type { Executor } from './executor.ts'
import { outputOf } from './output.ts'
import { JsonTemplate, TextTemplate } from './template.ts'
import { UrlTemplate } from './url-template.ts'

/** An HTTP call as it is configured. */
export interface HttpCallDefinition {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: Json
}

/** What an HTTP call needs. */
export interface HttpCallParts {
  readonly turns: CommandTurns
  /** How much of a response is kept, in bytes. */
  readonly maxBytes: number
}

/**
 * A command that is an HTTP call.
 * @returns its result: `{status, body, truncated?}`; the body is JSON if the response was, else a text
 */
export class HttpCall implements Executor {
  readonly names: readonly string[]
  readonly #parts: HttpCallParts
  readonly #method: string
  readonly #url: UrlTemplate
  readonly #headers: ReadonlyMap<string, TextTemplate>
  readonly #body: ((params: ParamValues) => string) | undefined

  /** @throws Error with a sentence: what is wrong with which field, without its value */
  constructor({ url, method = 'POST', headers = {}, body }: HttpCallDefinition, parts: HttpCallParts) {
    this.#parts = parts
    this.#method = method
    this.#url = within('url', () => new UrlTemplate(url))
    if (body !== undefined && method === 'GET') throw new Error('body: GET has none')
    const given = within('headers', () => headersOf(headers))
    const type = given.get('content-type')?.render({}).trim().toLowerCase()
    const { authorization } = this.#url
    if (authorization !== undefined && !given.has('authorization'))
      given.set('authorization', new TextTemplate(authorization))
    if (body !== undefined && type === undefined)
      given.set('content-type', new TextTemplate(typeof body === 'string' ? TEXT : JSON_TYPE))
    this.#headers = given
    const form = type?.startsWith(FORM) ?? false
    if (typeof body === 'string' && type?.includes('json'))
      throw new Error('body: write the JSON as YAML, not as a text')
    const template =
      body === undefined ? undefined : typeof body === 'string' ? new TextTemplate(body) : new JsonTemplate(body)
    this.#body = bodyOf(template, form)
    const templates = [this.#url, ...given.values(), ...(template ? [template] : [])]
    this.names = templates.flatMap(({ names }) => names)
  }

  async execute({ params, client, signal, begin }: Execution): Promise<CommandResult> {
    const url = this.#url.render(params)
    const headers = [...this.#headers].map(([name, template]): [string, string] => [
      name,
      headerValue(template, params),
    ])
    const body = this.#body?.(params)
    return this.#parts.turns.run(client, signal, async () => {
      begin()
      try {
        // A redirect could lead anywhere.
        const response = await fetch(url, {
          method: this.#method,
          headers,
          body: body ?? null,
          redirect: 'manual',
          signal,
        })
        return await this.#resultOf(response)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof CommandFailure ? error : unreachable(error)
      }
    })
  }

  async #resultOf({ status, ok, body, headers }: Response): Promise<CommandResult> {
    if (!ok) {
      await body?.cancel()
      const what = status >= 300 && status < 400 ? ', a redirect, which is not followed' : ''
      throw new CommandFailure(`the server that it calls answered ${status}${what}.`)
    }
    const { bytes, isCut } = await readAtMost(body, this.#parts.maxBytes)
    const isJson = headers.get('content-type')?.toLowerCase().includes('json') ?? false
    return { status, body: outputOf(bytes, isJson && !isCut), ...(isCut && { truncated: true }) }
  }
}

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const TEXT = 'text/plain; charset=utf-8'

/** Headers that belong to the connection. */
const RESERVED = new Set([
  'host',
  'content-length',
  'connection',
  'transfer-encoding',
  'upgrade',
  'expect',
  'keep-alive',
  'te',
  'trailer',
])

function headersOf(headers: Readonly<Record<string, string>>): Map<string, TextTemplate> {
  const seen = new Set<string>()
  return new Map(
    Object.entries(headers).map(([name, value]) => {
      const lower = name.toLowerCase()
      if (seen.has(lower)) throw new Error(`${name} is there twice`)
      seen.add(lower)
      if (RESERVED.has(lower)) throw new Error(`${name} cannot be set`)
      if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower)) throw new Error(`${JSON.stringify(name)} is no name of a header`)
      if (!HEADER_VALUE.test(value)) throw new Error(`${name}: must be of printable ASCII characters`)
      return [lower, new TextTemplate(value)]
    }),
  )
}

const HEADER_VALUE = /^[\x20-\x7e]*$/

function headerValue(template: TextTemplate, params: ParamValues): string {
  const value = template.render(params)
  if (HEADER_VALUE.test(value)) return value
  throw new Refusal('invalid', `${template.names.join(', ')}: must be of printable ASCII characters`)
}

function bodyOf(template: TextTemplate | JsonTemplate | undefined, isForm: boolean) {
  if (template === undefined) return undefined
  if (template instanceof JsonTemplate) return (params: ParamValues) => JSON.stringify(template.render(params))
  return (params: ParamValues) => template.render(params, isForm ? encodeURIComponent : undefined)
}

function within<Result>(field: string, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    throw new Error(`${field}: ${messageOf(error)}`)
  }
}

/** Not the error's own message, which may repeat what was to be sent. */
function unreachable(error: unknown): CommandFailure {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
  return new CommandFailure(`the server that it calls could not be reached${code}.`)
}

async function readAtMost(body: ReadableStream<Uint8Array> | null, max: number) {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of body ?? []) {
    chunks.push(chunk.subarray(0, max - length))
    length += chunk.length
    if (length > max) break
  }
  return { bytes: Buffer.concat(chunks), isCut: length > max }
}
