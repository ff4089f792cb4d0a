import { Compile, type Validator } from 'typebox/schema'
import { messageOf, Refusal } from '../core/errors.ts'
import { MASK, maskSecrets } from '../core/url-secrets.ts'
import { checkJson, isJsonObject } from '../wire/json.ts'
import { Pattern } from './pattern.ts'

/** The values of a command's parameters by name, checked. */
export type ParamValues = Readonly<Record<string, ParamValue>>

/** The value of a parameter. */
export type ParamValue = string | number | boolean

/** One parameter: some keywords of JSON Schema. */
export interface ParamSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean'
  readonly description?: string
  readonly default?: ParamValue
  readonly enum?: readonly ParamValue[]
  /** A regular expression that finds something in the text; `^…$` for the whole of it. */
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  /** Whether it is a secret, which is kept out of the audit trail. */
  readonly writeOnly?: boolean
}

/** The parameters that a command takes: checks what callers send. */
export class CommandParams {
  /** For callers. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly properties: Readonly<Record<string, ParamSchema>>
  readonly required: readonly string[]
  readonly #validator: Validator
  /** Of each parameter by itself, to say which one does not fit. */
  readonly #validators: ReadonlyMap<string, Validator>
  readonly #patterns: ReadonlyMap<string, Pattern>
  readonly #defaults: ParamValues

  /** @throws Error when a schema does not compile, allows nothing, or does not allow its own default */
  constructor(properties: Readonly<Record<string, ParamSchema>>, required: readonly string[] = []) {
    for (const [name, property] of Object.entries(properties)) checkKeywords(name, property)
    this.properties = properties
    this.required = required
    this.schema = { type: 'object', properties, required, additionalProperties: false }
    // Patterns are tried apart, in bounded time.
    const plain = Object.entries(properties).map(([name, { pattern, ...property }]) => [name, property] as const)
    this.#validator = Compile({ ...this.schema, properties: Object.fromEntries(plain) })
    this.#validators = new Map(plain.map(([name, property]) => [name, Compile(property)]))
    this.#patterns = new Map(
      Object.entries(properties).flatMap(([name, { pattern }]) => (pattern ? [[name, patternOf(name, pattern)]] : [])),
    )
    this.#defaults = Object.fromEntries(
      Object.entries(properties).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
    )
    for (const [name, property] of Object.entries(properties))
      if (property.default !== undefined && !this.#isAllowed(name, property.default))
        throw new Error(`${name}.default: must be allowed by its own schema`)
  }

  /**
   * What a caller sent, with defaults.
   * @param maxBytes how large it may be, written as JSON
   * @param setting where `maxBytes` comes from
   * @throws Refusal `invalid`, `too_large`
   */
  check(given: unknown, maxBytes: number, setting: string): ParamValues {
    const params = given ?? {}
    if (!isJsonObject(params)) throw new Refusal('invalid', 'params: must be an object')
    // Before anything walks through it: whoever sent it may have nested it as deep as they like.
    checkJson('params', params, { maxDepth: 20, maxValues: maxBytes, setting })
    if (Buffer.byteLength(JSON.stringify(params)) > maxBytes)
      throw new Refusal('too_large', `params: at most ${maxBytes} bytes (${setting})`, { limit: setting })
    const values = { ...this.#defaults, ...params }
    if (!this.#isFit(values)) throw new Refusal('invalid', this.#problemWith(values))
    for (const [name, value] of Object.entries(values))
      if (typeof value === 'string' && UNUSABLE.test(value))
        throw new Refusal('invalid', `${name}: must not contain NUL or a lone surrogate`)
    return values
  }

  /** What is written down of them: without secrets and passwords in addresses. "" if there are none. */
  shown(values: ParamValues): string {
    const shown = Object.entries(values).map(([name, value]) => {
      if (this.properties[name]?.writeOnly) return [name, MASK]
      return [name, typeof value === 'string' ? maskSecrets(value) : value]
    })
    return shown.length === 0 ? '' : JSON.stringify(Object.fromEntries(shown))
  }

  #isFit(values: Readonly<Record<string, unknown>>): values is ParamValues {
    return this.#validator.Check(values) && [...this.#patterns.keys()].every((name) => this.#isLike(name, values[name]))
  }

  #isAllowed(name: string, value: unknown): boolean {
    return this.#validators.get(name)?.Check(value) === true && this.#isLike(name, value)
  }

  #isLike(name: string, value: unknown): boolean {
    return typeof value !== 'string' || this.#patterns.get(name)?.finds(value) !== false
  }

  /** In a sentence; without the value, which may be a secret. */
  #problemWith(values: Readonly<Record<string, unknown>>): string {
    for (const name of Object.keys(values))
      if (!Object.hasOwn(this.properties, name)) return `${name.slice(0, 100)}: there is no such parameter`
    const missing = this.required.find((name) => values[name] === undefined)
    if (missing !== undefined) return `${missing}: is required`
    for (const [name, schema] of Object.entries(this.properties))
      if (values[name] !== undefined && !this.#isAllowed(name, values[name]))
        return `${name}: must be ${allowedBy(schema)}`
    return 'params: do not fit'
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no program's argument can have it
const UNUSABLE = /\u0000|\p{Surrogate}/u

/** The keywords that mean something for some types only. */
const KEYWORDS_OF = [
  ['string', ['pattern', 'minLength', 'maxLength']],
  ['number', ['minimum', 'maximum']],
] as const

/** @throws Error when a keyword means nothing for the type, or no value fits */
function checkKeywords(name: string, schema: ParamSchema): void {
  const { type, enum: choices = [], minLength = 0, maxLength, minimum, maximum } = schema
  const kind = type === 'integer' ? 'number' : type
  for (const [of, keywords] of KEYWORDS_OF)
    for (const keyword of keywords)
      if (of !== kind && schema[keyword] !== undefined) throw new Error(`${name}.${keyword}: is for a ${of}`)
  const isOfType = Compile({ type })
  if (!choices.every((choice) => isOfType.Check(choice))) throw new Error(`${name}.enum: must be of the type ${type}`)
  if (maxLength !== undefined && maxLength < minLength)
    throw new Error(`${name}.maxLength: must not be below minLength`)
  if (minimum !== undefined && maximum !== undefined && maximum < minimum)
    throw new Error(`${name}.maximum: must not be below minimum`)
}

function patternOf(name: string, source: string): Pattern {
  try {
    return new Pattern(source)
  } catch (error) {
    throw new Error(`${name}.pattern: ${messageOf(error)}`)
  }
}

/** The allowed values in words: "a whole number from 1 to 5". */
function allowedBy({ type, enum: choices, pattern, minLength, maxLength, minimum, maximum }: ParamSchema): string {
  if (choices) return `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`
  if (type === 'boolean') return 'true or false'
  const bounds = type === 'string' ? [minLength, maxLength] : [minimum, maximum]
  const counted = (n: number) => (type === 'string' ? `${n} ${n === 1 ? 'character' : 'characters'}` : n)
  const [least, most] = bounds
  const range = [
    ...(least === undefined ? [] : [`at least ${counted(least)}`]),
    ...(most === undefined ? [] : [`at most ${counted(most)}`]),
    ...(pattern === undefined ? [] : [`like ${pattern}`]),
  ]
  const kind = type === 'string' ? 'a text' : type === 'integer' ? 'a whole number' : 'a number'
  return range.length === 0 ? kind : `${kind}, ${range.join(', ')}`
}
