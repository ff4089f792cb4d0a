import Type, { type TObject } from 'typebox'
import { Check } from 'typebox/schema'
import { ConfigSchema } from './all-settings.ts'

/** One field of the schema, and what it is called in each place it may be set. */
export interface Setting {
  /** In the configuration file, in flags and in messages: "http.body_bytes". */
  readonly path: string
  /** In the environment and in .env: "BELVEDERE_HTTP_BODY_BYTES". */
  readonly variable: string
  readonly facts: Facts
  /** Whether the schema takes the value. */
  readonly accepts: (value: unknown) => boolean
}

/** What the schema says of a field. */
export interface Facts {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly unit?: string
  readonly form?: string
  readonly secret?: boolean
  readonly isPath?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  /** Of each text in UTF-8. */
  readonly minBytes?: number
  /** Another environment variable that sets it. */
  readonly alias?: string
  readonly enum?: readonly string[]
  readonly items?: Facts
}

/** Settings that stand together, as a section of the configuration file does. */
export interface Group {
  /** "http"; empty for the settings of the top level. */
  readonly name: string
  readonly description?: string
  readonly settings: readonly Setting[]
}

/** The groups in the order of the schema, the top level first, each before those inside of it. */
export const GROUPS: readonly Group[] = groups('', ConfigSchema)

/** Every setting by its path. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  GROUPS.flatMap(({ settings }) => settings.map((setting) => [setting.path, setting])),
)

/** What a setting takes, in words that go on from "must be": "a whole number of bytes from 1000 to 1000000000". */
export function allowed({ type, enum: choices, form, unit, minimum, maximum, minLength, items }: Facts): string {
  if (choices) return `one of ${choices.join(', ')}`
  if (type === 'boolean') return 'true or false'
  if (type === 'array') return `a list of ${items?.form ?? 'texts'}`
  if (type === 'string') return form ?? `a text of at least ${minLength ?? 0} characters`
  const kind = type === 'integer' ? 'a whole number' : 'a number'
  return `${kind}${unit ? ` of ${unit}` : ''} from ${minimum} to ${maximum}`
}

function groups(name: string, schema: TObject): Group[] {
  const inner = Object.entries(schema.properties).flatMap(([key, field]) =>
    Type.IsObject(field) ? groups(name === '' ? key : `${name}.${key}`, field) : [],
  )
  return [group(name, schema), ...inner]
}

function group(name: string, schema: TObject): Group {
  const { description }: Facts = schema
  const settings = Object.entries(schema.properties)
    .filter(([, field]) => !Type.IsObject(field))
    .map(([key, field]): Setting => {
      const path = name === '' ? key : `${name}.${key}`
      const variable = `BELVEDERE_${path.replaceAll('.', '_').toUpperCase()}`
      const facts: Facts = field
      return { path, variable, facts, accepts: (value) => Check(field, value) && isLongEnough(value, facts) }
    })
  return { name, ...(description !== undefined && { description }), settings }
}

function isLongEnough(value: unknown, { minBytes, items }: Facts): boolean {
  if (Array.isArray(value)) return items === undefined || value.every((each) => isLongEnough(each, items))
  return minBytes === undefined || Buffer.byteLength(String(value)) >= minBytes
}
