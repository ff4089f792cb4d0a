import type { Clock } from '../../core/clock.ts'
import type { Instrument, InstrumentRules, InstrumentSettings, InstrumentStatus } from '../../core/instrument.ts'
import type { Log } from '../../core/log.ts'
import type { Supervisor } from '../../core/supervisor.ts'

/** What a source of an instrument needs. */
export interface InstrumentParts {
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly log: Log
  readonly rules: InstrumentRules
}

/** Starts reading an instrument. */
export function startInstrument(_parts: InstrumentParts, settings: InstrumentSettings): Instrument {
  const status: InstrumentStatus = {
    state: 'connecting',
    reason: `connecting to tcp://${settings.host}:${settings.port}`,
    messages: 0,
    bytes: 0,
    rate: 0,
    lostPulses: 0,
    restarts: 0,
    rejected: 0,
    channels: [],
  }
  return { settings, status, stop: async () => {} }
}
