import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { Check } from 'typebox/schema'
import { type Config, ConfigSchema, DURATION_ORDER } from './all-settings.ts'
import { ConfigError } from './config-error.ts'
import { CONFIG_VARIABLE, readVariables } from './environment-variables.ts'
import { readFlags } from './flags.ts'
import { allowed, GROUPS, SETTINGS } from './setting-metadata.ts'
import type { ParsedSettings, SettingValue } from './setting-values.ts'
import { readYaml } from './yaml-file.ts'

/** Where settings are read from. */
export interface ConfigSources {
  /** The arguments after the command. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's working directory: paths on the command line and in BELVEDERE_CONFIG are relative to it. */
  readonly cwd: string
  /** The folder of `.env` and `belvedere.yaml`, to which all other paths are relative; default: the checkout. */
  readonly root?: string
}

/**
 * Loads the configuration. Precedence: flags, environment, `.env`, configuration file, defaults. Reads no other files.
 * @throws ConfigError when any setting is unknown or invalid, or a file cannot be read
 */
export function loadConfig({ argv, env, cwd, root = resolve(import.meta.dirname, '../..') }: ConfigSources): Config {
  const flags = readFlags(argv)
  const dotenv = parseEnv(readOptional(join(root, '.env')) ?? '')
  const readings: ParsedSettings[] = [
    readFile({ flags: flags.config, env: env[CONFIG_VARIABLE], dotenv: dotenv[CONFIG_VARIABLE] }, cwd, root),
    readVariables(dotenv, (name) => `${name} in .env`),
    readVariables(env, (name) => `the environment variable ${name}`),
    flags,
  ]
  const given = readings.flatMap((reading) => ownNamesLast(reading.given))
  const problems = [...readings.flatMap((reading) => reading.problems), ...given.flatMap(problemWith)]
  if (problems.length > 0) throw new ConfigError(problems)

  const strongest = new Map(given.map((one) => [one.setting.path, one]))
  const disorder = DURATION_ORDER.flatMap(([shorter, longer]) => problemWithOrder(shorter, longer, strongest))
  const halves = TOGETHER.flatMap(([one, other]) => problemWithHalf(one, other, strongest))
  if (disorder.length + halves.length > 0) throw new ConfigError([...disorder, ...halves])
  const typed = new Set(flags.given)
  return assemble(strongest, (one) => (one !== undefined && typed.has(one) ? cwd : root))
}

/** The last one counts: in one place a setting's own name before an alias. */
function ownNamesLast(given: readonly SettingValue[]): readonly SettingValue[] {
  return given.toSorted((one, other) => Number(other.isAlias ?? false) - Number(one.isAlias ?? false))
}

function readFile(
  named: Record<'flags' | 'env' | 'dotenv', string | undefined>,
  cwd: string,
  root: string,
): ParsedSettings {
  const name = named.flags ?? named.env ?? named.dotenv
  if (name === undefined) {
    const text = readOptional(join(root, 'belvedere.yaml'))
    return text === undefined ? { given: [], problems: [] } : readYaml(text, 'belvedere.yaml')
  }
  const path = resolve(named.flags === undefined && named.env === undefined ? root : cwd, name)
  const text = readOptional(path)
  if (text === undefined) throw new ConfigError([`The configuration file ${path} does not exist.`])
  return readYaml(text, name)
}

/** The text of a file, or undefined if there is none. */
function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error))
    if ('code' in reason && reason.code === 'ENOENT') return undefined
    throw new ConfigError([`${path} cannot be read: ${reason.message}.`])
  }
}

function problemWith({ setting, value, origin }: SettingValue): string[] {
  if (setting.accepts(value)) return []
  const shown = setting.facts.secret ? 'what was given (not shown here)' : JSON.stringify(value)
  return [`${setting.path} must be ${allowed(setting.facts)}, not ${shown} (from ${origin}).`]
}

function problemWithOrder(shorter: string, longer: string, given: ReadonlyMap<string, SettingValue>): string[] {
  const [short, long] = [milliseconds(shorter, given), milliseconds(longer, given)]
  if (short < long) return []
  const origins = [shorter, longer].map((path) => `${path}: ${given.get(path)?.origin ?? 'the default'}`)
  return [
    `${shorter} (${short} milliseconds) must be shorter than ${longer} (${long} milliseconds) (from ${origins.join('; ')}).`,
  ]
}

/** Pairs of settings that must be given together. */
const TOGETHER = [
  ['http.tls.cert', 'http.tls.key'],
  ['redis.tls.cert', 'redis.tls.key'],
] as const

function problemWithHalf(one: string, other: string, given: ReadonlyMap<string, SettingValue>): string[] {
  const half = given.get(one) ?? given.get(other)
  if (!half || (given.has(one) && given.has(other))) return []
  return [`${one} and ${other} must be given together; only ${half.setting.path} is (from ${half.origin}).`]
}

function milliseconds(path: string, given: ReadonlyMap<string, SettingValue>): number {
  const value = given.has(path) ? given.get(path)?.value : SETTINGS.get(path)?.facts.default
  return Number(value) * (path.endsWith('_s') ? 1000 : 1)
}

/**
 * Builds the configuration object, with defaults and absolute paths.
 * @param baseOf the folder that a path is relative to
 */
function assemble(
  given: ReadonlyMap<string, SettingValue>,
  baseOf: (given: SettingValue | undefined) => string,
): Config {
  const config: Record<string, unknown> = {}
  const places = new Map([['', config]])
  for (const { name, settings } of GROUPS) {
    const fields = places.get(name) ?? placeIn(places, name)
    for (const { path, facts } of settings) {
      const one = given.get(path)
      const value = one ? one.value : structuredClone(facts.default)
      if (value === undefined) continue
      fields[path.slice(path.lastIndexOf('.') + 1)] = facts.isPath ? resolve(baseOf(one), String(value)) : value
    }
  }
  if (!Check(ConfigSchema, config)) throw new Error('The defaults of the configuration do not fit its own schema.')
  return config
}

/** Adds the nested object for a group to that of its parent group. */
function placeIn(places: Map<string, Record<string, unknown>>, name: string): Record<string, unknown> {
  const dot = name.lastIndexOf('.')
  const fields = {}
  const outer = places.get(dot < 0 ? '' : name.slice(0, dot))
  if (outer) outer[name.slice(dot + 1)] = fields
  places.set(name, fields)
  return fields
}
