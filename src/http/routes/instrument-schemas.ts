import Type from 'typebox'
import { COLORMAPS, type Colouring, levelsText } from '../../core/colouring.ts'
import type { InstrumentChannel, InstrumentSettings, InstrumentStatus, Units } from '../../core/instrument.ts'
import type { VisibleInstrument } from '../../core/instrument-list.ts'
import { rounded } from '../../core/numbers.ts'

/** How an instrument is doing. Counts are since it was started. */
const InstrumentStatusSchema = Type.Object({
  state: Type.Enum(['connecting', 'live', 'silent', 'failed', 'off'], { description: 'off: it is not read here' }),
  reason: Type.String({ description: 'How it is doing, in words' }),
  messages: Type.Integer(),
  bytes: Type.Integer({ description: 'Of all messages, unread ones among them' }),
  rate: Type.Number({ description: 'Pulses a second, over the last few seconds' }),
  bytes_per_s: Type.Number({ description: 'Over the last few seconds' }),
  pulse_id: Type.Union([Type.String(), Type.Null()], {
    description: 'Of the last message; a text, as it may have 64 bits',
  }),
  lost_pulses: Type.Integer({ description: 'Missing between those that came' }),
  restarts: Type.Integer({ description: 'How often its sender has started anew' }),
  rejected: Type.Integer({ description: 'Messages that were not understood' }),
  last_rejection: Type.Optional(Type.String({ description: 'Why the last of them was not, in words' })),
  age_ms: Type.Union([Type.Number(), Type.Null()], { description: 'Since the last message' }),
})

const UnitsSchema = Type.Record(Type.String(), Type.String(), { description: 'By channel' })

/** How the instrument of a stream is doing, as `/streams` shows it. */
export const StreamInstrumentSchema = Type.Object({
  ...InstrumentStatusSchema.properties,
  units: Type.Optional(UnitsSchema),
})

/** An instrument as `/instruments` shows it; where it is read only to whoever may administer. */
export const InstrumentSchema = Type.Object({
  name: Type.String({ description: 'The label of its streams' }),
  origin: Type.Enum(['configuration', 'added']),
  ...InstrumentStatusSchema.properties,
  channels: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String(),
      shape: Type.Array(Type.Integer(), { description: 'The slowest dimension first; `[1]` for a single value' }),
      is_picture: Type.Boolean({ description: 'Whether it is a stream' }),
    }),
  ),
  source: Type.Optional(
    Type.Object({
      host: Type.String(),
      port: Type.Integer(),
      socket: Type.Enum(['pull', 'sub']),
      mode: Type.Enum(['connect', 'bind']),
      pictures: Type.Optional(Type.Array(Type.String())),
      colormap: Type.Optional(Type.Enum([...COLORMAPS])),
      levels: Type.Optional(Type.String()),
      log: Type.Optional(Type.Boolean()),
      units: Type.Optional(UnitsSchema),
    }),
  ),
})

function describeInstrumentStatus(status: InstrumentStatus) {
  return {
    state: status.state,
    reason: status.reason,
    messages: status.messages,
    bytes: status.bytes,
    rate: rounded(status.rate, 2),
    bytes_per_s: Math.round(status.bytesPerSecond),
    pulse_id: status.pulseId === undefined ? null : String(status.pulseId),
    lost_pulses: status.lostPulses,
    restarts: status.restarts,
    rejected: status.rejected,
    ...(status.lastRejection !== undefined && { last_rejection: status.lastRejection }),
    age_ms: status.age === undefined ? null : Math.round(status.age),
  }
}

/** How the instrument of a stream is doing, and in what it measures. */
export function describeStreamInstrument(status: InstrumentStatus, units: Units) {
  return { ...describeInstrumentStatus(status), ...(Object.keys(units).length > 0 && { units: { ...units } }) }
}

/** An instrument as the API shows it. @param audience `admins` also see where it is read */
export function describeInstrument(instrument: VisibleInstrument, audience: 'admins' | 'viewers') {
  const { settings, origin, running, whyNot, channels } = instrument
  return {
    name: settings.name,
    origin,
    ...(running ? describeInstrumentStatus(running.status) : { ...OFF, reason: whyNot }),
    channels: channels.map(describeChannel),
    ...(audience === 'admins' && { source: describeSource(settings) }),
  }
}

const OFF = {
  state: 'off',
  messages: 0,
  bytes: 0,
  rate: 0,
  bytes_per_s: 0,
  pulse_id: null,
  lost_pulses: 0,
  restarts: 0,
  rejected: 0,
  age_ms: null,
} as const

function describeChannel({ name, type, shape, isPicture }: InstrumentChannel) {
  return { name, type, shape: [...shape], is_picture: isPicture }
}

function describeSource({ host, port, socket, mode, pictures, colouring, units }: InstrumentSettings) {
  return {
    host,
    port,
    socket,
    mode,
    ...(pictures && { pictures: [...pictures] }),
    ...(colouring && describeColouring(colouring)),
    ...(units && { units: { ...units } }),
  }
}

function describeColouring({ colormap, levels, log }: Colouring) {
  return { colormap, levels: levelsText(levels), log }
}
