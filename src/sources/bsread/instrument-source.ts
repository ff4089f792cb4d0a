import type { BufferPool } from '../../core/buffer-pool.ts'
import type { Clock } from '../../core/clock.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import type { Instrument, InstrumentRules, InstrumentSettings, InstrumentStatus } from '../../core/instrument.ts'
import type { Log } from '../../core/log.ts'
import { LogLimit, MINUTE_MS } from '../../core/log-limit.ts'
import { systemPrincipal } from '../../core/principal.ts'
import type { SourceRun, SupervisedSource } from '../../core/pulled-source.ts'
import type { Supervisor } from '../../core/supervisor.ts'
import type { ReceivingSocketListener } from '../../zeromq/receiving-socket.ts'
import { InstrumentRun } from './instrument-run.ts'
import { PulseStatistics } from './pulse-statistics.ts'
import { type OpenReceiver, openReceiver } from './receiver.ts'

/** What an instrument needs. */
export interface InstrumentParts {
  readonly supervisor: Supervisor
  readonly clock: Clock
  readonly log: Log
  readonly rules: InstrumentRules
  /** In which the messages of all instruments are handled. */
  readonly turns: EventLoopTurns
  /** For the values of all instruments. */
  readonly pool?: BufferPool
  /** Opens the socket; replaced by tests. */
  readonly openReceiver?: OpenReceiver
}

/**
 * Listens to an instrument from now on, whether somebody watches it or not: the headers of all pulses are read, and of the
 * rest what viewers want.
 * @throws Refusal `unavailable` when this server pulls no sources; `exhausted` when it is going down
 */
export function startInstrument(parts: InstrumentParts, settings: InstrumentSettings): Instrument {
  return new InstrumentSource(parts, settings)
}

class InstrumentSource implements Instrument {
  readonly settings: InstrumentSettings
  readonly #parts: InstrumentParts
  readonly #statistics: PulseStatistics
  readonly #warnings: LogLimit
  readonly #supervised: SupervisedSource
  #run: InstrumentRun | undefined
  /** Why it is not running. */
  #problem = 'it has not been started yet'

  constructor(parts: InstrumentParts, settings: InstrumentSettings) {
    this.settings = settings
    this.#parts = parts
    this.#statistics = new PulseStatistics(parts.clock)
    this.#warnings = new LogLimit(parts, MINUTE_MS)
    const { name } = settings
    this.#supervised = parts.supervisor.supervise({
      name: `instrument ${name}`,
      dialect: 'bsread',
      streams: [],
      principal: systemPrincipal(`instrument ${name}`, [
        { actions: ['publish'], scope: { kind: 'labels', labels: [name] } },
      ]),
      options: { when: 'always', startTimeout: 0, closeAfter: 0 },
      runs: 'always',
      run: (run) => this.#listen(run),
    })
  }

  get status(): InstrumentStatus {
    const condition = this.#run?.condition ?? { state: 'failed', reason: this.#problem }
    return { ...this.#statistics.status, ...condition, channels: this.#run?.channels ?? [] }
  }

  async stop(): Promise<void> {
    this.#problem = 'it was stopped'
    await this.#supervised.stop()
  }

  async #listen(run: SourceRun): Promise<void> {
    const { clock, log, rules, turns, pool, openReceiver: open = openReceiver } = this.#parts
    const { settings } = this
    const ended = Promise.withResolvers<void>()
    run.signal.addEventListener('abort', () => ended.resolve())
    const reading = new InstrumentRun({
      run,
      settings,
      rules,
      clock,
      warnings: this.#warnings,
      statistics: this.#statistics,
    })
    this.#run = reading
    const cancelTelling = reading.begin()
    const receiver = open({ settings, rules, clock, log, turns, pool }, guarded(reading.listener(), ended.reject))
    try {
      await ended.promise
    } finally {
      cancelTelling()
      this.#run = undefined
      await receiver.close()
    }
  }
}

/** A mistake of ours ends the run, which is then begun anew, and not the server. */
function guarded(listener: ReceivingSocketListener, failed: (error: unknown) => void): ReceivingSocketListener {
  const guard = <Result>(work: () => Result, otherwise: Result): Result => {
    try {
      return work()
    } catch (error) {
      failed(error)
      return otherwise
    }
  }
  return {
    connection() {
      const connection = listener.connection()
      return {
        headers: (frames) => guard(() => connection.headers(frames), 'skip'),
        message: (frames) => guard(() => connection.message(frames), undefined),
        skipped: (bytes) => guard(() => connection.skipped(bytes), undefined),
      }
    },
    state: (state) => guard(() => listener.state(state), undefined),
  }
}
