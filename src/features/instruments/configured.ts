import type { Config } from '../../config/all-settings.ts'
import { ConfigError } from '../../config/config-error.ts'
import { messageOf } from '../../core/errors.ts'
import { dividePulses, type InstrumentRules, type InstrumentSettings } from '../../core/instrument.ts'
import { isSameName } from '../../core/stream-name.ts'
import { readInstrument } from '../../wire/instrument-fields.ts'

/** The settings that instruments are read from. */
export type InstrumentConfig = Pick<Config, 'instruments' | 'source_host' | 'source_port'>

/**
 * The instruments of the configuration: the one of `source_host` and `source_port` first, if either is given.
 * @throws ConfigError when one of them is wrong, two have the same name or pull from the same sender, or
 *   there are too many
 */
export function configuredInstruments({
  instruments: { sources, max },
  source_host: host,
  source_port: port,
}: InstrumentConfig): InstrumentSettings[] {
  const found: InstrumentSettings[] = []
  const problems: string[] = []
  if (host !== undefined || port !== undefined) found.push(readInstrument({ host, port }))
  const isInShort = found.length > 0
  for (const [at, source] of sources.entries()) {
    const path = `instruments.sources[${at}]`
    try {
      const instrument = readInstrument(source)
      if (found.some(({ name }) => isSameName(name, instrument.name)))
        problems.push(`${path}${twice(instrument.name, isInShort)}`)
      else if (found.some((other) => dividePulses(other, instrument)))
        problems.push(
          `${path}: another instrument pulls from ${instrument.host}:${instrument.port} already; a PUSH socket would deal its pulses out to both in turn.`,
        )
      else found.push(instrument)
    } catch (error) {
      problems.push(`${path}: ${messageOf(error)} (docs/instruments.md).`)
    }
  }
  if (found.length > max)
    problems.push(
      `instruments.sources: these are ${found.length} instruments, at most ${max} are allowed (instruments.max).`,
    )
  if (problems.length > 0) throw new ConfigError(problems)
  return found
}

function twice(name: string, isInShort: boolean): string {
  const other = isInShort ? ', as source_host and source_port have it' : ''
  return `.name: "${name}" is the name of another instrument${other}; give each a name of its own.`
}

/** The bounds of what instruments send. */
export function instrumentRules({ instruments }: Pick<Config, 'instruments'>): InstrumentRules {
  return {
    pictures: instruments.pictures,
    profileElements: instruments.profile_elements,
    metadataElements: instruments.metadata_elements,
    messageBytes: instruments.message_bytes,
    channels: instruments.channels,
    senders: instruments.senders,
    silenceTimeout: instruments.watchdog_s * 1000,
    heartbeatInterval: instruments.heartbeat_s * 1000,
    heartbeatTimeout: instruments.heartbeat_timeout_s * 1000,
  }
}
