import Type, { type TObject } from 'typebox'
import { Check } from 'typebox/schema'
import { ConfigSchema } from './all-settings.ts'

/** One field of the schema, and its name in each place where it can be set. */
export interface Setting {
  /** Its name in the configuration file, in flags and in messages: "http.body_bytes". */
  readonly path: string
  /** Its environment variable: "BELVEDERE_HTTP_BODY_BYTES". */
  readonly variable: string
  /** Its other names. Where both are given in one place, its own counts. */
  readonly alias?: Alias | undefined
  readonly facts: Facts
  /** Validates a value against the schema. */
  readonly accepts: (value: unknown) => boolean
}

/** Other names of a setting, which existing installations use. */
export interface Alias {
  /** The path that it had before: "events.buffer". */
  readonly path?: string | undefined
  /** The environment variable of that path, or one that other programs have too: "JWT_SECRET_KEY". */
  readonly variable: string
}

/** The schema keywords of a field; see `ConfigSchema`. */
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
  /** The minimum length of each text, in bytes of UTF-8. */
  readonly minBytes?: number
  /** Another name of it: an environment variable, or the path that it had before. */
  readonly alias?: string
  readonly enum?: readonly string[]
  readonly items?: Facts
}

/** A group of settings: a section of the configuration file. */
export interface Group {
  /** "http"; empty for the top level. */
  readonly name: string
  readonly description?: string
  readonly settings: readonly Setting[]
}

/** All groups in schema order: the top level first, each group before its subgroups. */
export const GROUPS: readonly Group[] = groups('', ConfigSchema)

/** Every setting by its path. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  GROUPS.flatMap(({ settings }) => settings.map((setting) => [setting.path, setting])),
)

const BY_ALIAS = new Map([...SETTINGS.values()].map((setting) => [setting.alias?.path, setting]))

/** The setting that has this path, or had it before. */
export function settingAt(path: string): Setting | undefined {
  return SETTINGS.get(path) ?? BY_ALIAS.get(path)
}

/** The allowed values in words, for messages ("must be …"): "a whole number of bytes from 1000 to 1000000000". */
export function allowed({ type, enum: choices, form, unit, minimum, maximum, minLength, items }: Facts): string {
  if (choices) return `one of ${choices.join(', ')}`
  if (type === 'boolean') return 'true or false'
  if (type === 'array') return `a list of ${items?.form ?? 'texts'}`
  if (type === 'object') return form ?? 'a table'
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
      const facts: Facts = field
      return {
        path,
        variable: variableOf(path),
        alias: aliasOf(facts),
        facts,
        accepts: (value) => Check(field, value) && isLongEnough(value, facts),
      }
    })
  return { name, ...(description !== undefined && { description }), settings }
}

function variableOf(path: string): string {
  return `BELVEDERE_${path.replaceAll('.', '_').toUpperCase()}`
}

function aliasOf({ alias }: Facts): Alias | undefined {
  if (alias === undefined) return undefined
  return /^[A-Z_]+$/.test(alias) ? { variable: alias } : { path: alias, variable: variableOf(alias) }
}

function isLongEnough(value: unknown, { minBytes, items }: Facts): boolean {
  if (Array.isArray(value)) return items === undefined || value.every((each) => isLongEnough(each, items))
  return minBytes === undefined || Buffer.byteLength(String(value)) >= minBytes
}
