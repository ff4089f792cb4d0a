import { type Colouring, colouringFor, DEFAULT_COLOURING } from '../core/colouring.ts'
import { Refusal } from '../core/errors.ts'
import type { InstrumentSettings, Units } from '../core/instrument.ts'
import { checkName } from '../core/stream-name.ts'
import { readColouring } from './colouring-query.ts'
import { isJsonObject } from './json.ts'

/** The name of an instrument that is given none. */
export const FIRST_NAME = 'beamline'
/** The port of an instrument that is given none. */
export const DEFAULT_PORT = 8888
/** How many channels can be named as pictures. */
const MAX_PICTURES = 1000
/** How many channels can have units. */
const MAX_UNITS = 1000
/** How long a unit and the name of a channel with one may be, in characters. */
const MAX_UNIT_LENGTH = 20
const MAX_CHANNEL_LENGTH = 500

const FIELDS = ['name', 'host', 'port', 'socket', 'mode', 'pictures', 'colormap', 'levels', 'log', 'units'] as const

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads an instrument as it is written in the configuration and in `POST /instruments`. What is left out has its default:
 * the name "beamline", localhost, port 8888, a PULL socket that connects, pictures found by their shape.
 * @throws Refusal `invalid`, naming the field and what is allowed
 */
export function readInstrument(given: unknown): InstrumentSettings {
  if (!isJsonObject(given)) throw new Refusal('invalid', `must be an object with ${FIELDS.join(', ')}`)
  const unknown = Object.keys(given).find((field) => !FIELDS.some((known) => known === field))
  if (unknown !== undefined)
    throw new Refusal(
      'invalid',
      `${unknown.slice(0, 50)}: is no field of an instrument; these are ${FIELDS.join(', ')}`,
    )
  const { name = FIRST_NAME, host = 'localhost', port = DEFAULT_PORT, socket = 'pull', mode = 'connect' } = given
  const { pictures, units } = given
  const colouring = colouringOf(given)
  return {
    name: checkName('name', name),
    host: hostOf(host),
    port: portOf(port),
    socket: oneOf('socket', socket, ['pull', 'sub']),
    mode: oneOf('mode', mode, ['connect', 'bind']),
    ...(pictures !== undefined && { pictures: picturesOf(pictures) }),
    ...(colouring && { colouring }),
    ...(units !== undefined && { units: unitsOf(units) }),
  }
}

function hostOf(value: unknown): string {
  if (typeof value === 'string' && HOST.test(value)) return value
  throw new Refusal('invalid', 'host: must be an IP address or a host name, without tcp:// and without a port')
}

/** A host name (up to 253 characters, RFC 1035), an IPv4 address, or an IPv6 address without brackets, which has two colons at least. */
const HOST = /^(?:[a-z\d_](?:[a-z\d_.-]{0,252})|[a-f\d]*:[a-f\d]*:[a-f\d:.]*(?:%[\w.-]{1,32})?)$/i

function portOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value
  throw new Refusal('invalid', 'port: must be a whole number from 1 to 65535')
}

function oneOf<Value extends string>(field: string, value: unknown, choices: readonly Value[]): Value {
  const choice = choices.find((one) => one === value)
  if (choice === undefined) throw new Refusal('invalid', `${field}: must be one of ${choices.join(', ')}`)
  return choice
}

/** @returns undefined if nothing is said of it */
function colouringOf({ colormap, levels, log }: Fields): Colouring | undefined {
  if (log !== undefined && typeof log !== 'boolean') throw new Refusal('invalid', 'log: must be true or false')
  const wish = readColouring({ colormap: textOf('colormap', colormap), levels: textOf('levels', levels), log })
  return wish && colouringFor(wish, DEFAULT_COLOURING)
}

function textOf(field: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new Refusal('invalid', `${field}: must be a text`)
}

function picturesOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Refusal('invalid', 'pictures: must be a list of channels')
  if (value.length === 0 || value.length > MAX_PICTURES)
    throw new Refusal(
      'invalid',
      `pictures: 1 to ${MAX_PICTURES} channels, or left out: then they are found by their shape`,
    )
  const names = value.map((name: unknown, at) => checkName(`pictures[${at}]`, name))
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Refusal('invalid', `pictures: "${twice}" is in it twice`)
  return names
}

function unitsOf(value: unknown): Units {
  if (!isJsonObject(value)) throw new Refusal('invalid', 'units: must be an object with channels and their units')
  const entries = Object.entries(value)
  if (entries.length > MAX_UNITS) throw new Refusal('invalid', `units: of at most ${MAX_UNITS} channels`)
  return Object.fromEntries(entries.map(([channel, unit]) => [channelOf(channel), unitOf(channel, unit)]))
}

function channelOf(channel: string): string {
  if (channel.length > 0 && channel.length <= MAX_CHANNEL_LENGTH) return channel
  throw new Refusal('invalid', `units: the name of a channel must have 1 to ${MAX_CHANNEL_LENGTH} characters`)
}

function unitOf(channel: string, unit: unknown): string {
  if (typeof unit === 'string' && unit.length <= MAX_UNIT_LENGTH && UNIT.test(unit)) return unit
  const what = JSON.stringify(channel.slice(0, 50))
  throw new Refusal(
    'invalid',
    `units: that of ${what} must be a text of 1 to ${MAX_UNIT_LENGTH} characters, such as "eV"`,
  )
}

/** Something to read, without control characters. */
const UNIT = /^(?=.*\S)\P{Cc}+$/u
