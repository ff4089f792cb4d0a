import { BufferPool } from '../../core/buffer-pool.ts'
import { every } from '../../core/clock.ts'
import { EventLoopTurns } from '../../core/event-loop-turns.ts'
import type { Instrument, InstrumentStatus } from '../../core/instrument.ts'
import { InstrumentList } from '../../core/instrument-list.ts'
import type { KnownInstruments } from '../../core/known-instruments.ts'
import { MINUTE_MS } from '../../core/log-limit.ts'
import { instrumentRoutes } from '../../http/routes/instrument-routes.ts'
import { startInstrument } from '../../sources/bsread/instrument-source.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Feature } from '../feature.ts'
import { configuredInstruments, instrumentRules } from './configured.ts'

/** `/instruments`: the instruments whose bsread streams this server reads, from the configuration and added here. */
export const instruments: Feature = {
  name: 'instruments',
  async install(house) {
    const { app, guard, accounts, stores, supervisor, clock, log, metrics, config, instruments: known } = house
    const pool = new BufferPool(config.instruments.buffer_pool_bytes)
    const turns = new EventLoopTurns(setImmediate)
    const parts = { supervisor, clock, log, rules: instrumentRules(config), turns, pool }
    const list = new InstrumentList({
      known,
      store: stores.instruments,
      start: (settings) => startInstrument(parts, settings),
      whyNot: supervisor.mayRun ? undefined : NOT_HERE,
      max: config.instruments.max,
    })
    const hidden = await list.load(configuredInstruments(config))
    if (hidden.length > 0) log.warn({ names: hidden }, 'added instruments have the names of configured ones: not read')
    instrumentRoutes(app, { guard, accounts, instruments: list })
    addMetrics(metrics, known)
    house.onListening(() => list.start())
    const stopTrimming = every(clock, MINUTE_MS, () => pool.trim())
    house.onClosing(() => {
      stopTrimming()
      return list.close()
    })
  },
}

const NOT_HERE = 'This server reads no instruments (sources.pull is false); another server of the installation does.'

function addMetrics(metrics: Metrics, known: KnownInstruments): void {
  const by = (read: (status: InstrumentStatus) => number | undefined) => () =>
    Object.fromEntries(
      known.all
        .flatMap(({ running }) => running ?? [])
        .map(({ settings, status }: Instrument) => [settings.name, read(status)] as const)
        .filter((entry): entry is [string, number] => entry[1] !== undefined),
    )
  const counters = (name: string, help: string, read: (status: InstrumentStatus) => number) =>
    metrics.addCounters(`belvedere_instrument_${name}_total`, help, 'instrument', by(read))
  const gauges = (name: string, help: string, read: (status: InstrumentStatus) => number | undefined) =>
    metrics.addGauges(`belvedere_instrument_${name}`, help, 'instrument', by(read))
  counters('messages', 'Messages of an instrument, unread ones among them', ({ messages }) => messages)
  counters('bytes', 'Bytes of these messages', ({ bytes }) => bytes)
  counters('lost_pulses', 'Pulses missing between those that came', ({ lostPulses }) => lostPulses)
  counters('restarts', 'How often its sender has started anew', ({ restarts }) => restarts)
  counters('rejected', 'Messages that were not understood', ({ rejected }) => rejected)
  gauges('pulses_per_second', 'Pulses a second, over the last few seconds', ({ rate }) => rate)
  gauges('live', 'Whether its pulses come (1) or not (0)', ({ state }) => Number(state === 'live'))
  gauges('age_seconds', 'Time since its last message', ({ age }) => (age === undefined ? undefined : age / 1000))
}
