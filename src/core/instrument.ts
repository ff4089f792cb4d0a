import type { Colouring } from './colouring.ts'

/** Where an instrument's stream is, and what is shown of it. */
export interface InstrumentSettings {
  /** The label of its streams, and its name for people: "beamline". */
  readonly name: string
  /** The sender's host name or address; of `bind`, the address to listen on. */
  readonly host: string
  readonly port: number
  /** The ZeroMQ socket to receive with: `pull` from a PUSH socket, `sub` from a PUB socket. */
  readonly socket: 'pull' | 'sub'
  /** Whether we connect to the sender, or the sender to us. */
  readonly mode: 'connect' | 'bind'
  /** The channels that are shown as pictures; left out: those with two dimensions of 2 or more. */
  readonly pictures?: readonly string[]
  /** How its pictures are coloured for who asks for nothing else. */
  readonly colouring?: Colouring
  /** In what its channels are measured, by their names: `{ beam_energy: 'GeV' }`. bsread itself does not say it. */
  readonly units?: Units
}

/** Units as people write them, by the names of channels. */
export type Units = Readonly<Record<string, string>>

/**
 * Whether two instruments would each get a part of one sender's pulses only: a PUSH socket deals them out in turn.
 */
export function dividePulses(one: InstrumentSettings, other: InstrumentSettings): boolean {
  const pull = (each: InstrumentSettings) => each.socket === 'pull' && each.mode === 'connect'
  const isSameSender = one.port === other.port && one.host.toLowerCase() === other.host.toLowerCase()
  return pull(one) && pull(other) && isSameSender
}

/** What an instrument's sender may make us hold, do or wait for. Times in ms. */
export interface InstrumentRules {
  /** The most pictures, each of which is a stream; further ones are not shown. */
  readonly pictures: number
  /** The longest profile or text that is kept with a picture, in elements or bytes; of longer ones type and shape. */
  readonly profileElements: number
  /** The most elements, and bytes of texts, that are kept with a picture in all. */
  readonly metadataElements: number
  /** The largest message, in bytes. */
  readonly messageBytes: number
  /** The most channels of the stream. */
  readonly channels: number
  /** The most senders at once of an instrument that is listened for. */
  readonly senders: number
  /** A connection is made anew when no message has come for so long. */
  readonly silenceTimeout: number
  /** How often the sender is asked whether it is there. */
  readonly heartbeatInterval: number
  /** How long its answer may take before the connection is made anew. */
  readonly heartbeatTimeout: number
}

/** One channel of an instrument's stream, as its header describes it. */
export interface InstrumentChannel {
  readonly name: string
  /** "float64", "string" … */
  readonly type: string
  /** The slowest dimension first: `[rows, columns]` of a picture. */
  readonly shape: readonly number[]
  /** Whether it is a stream of pictures here. */
  readonly isPicture: boolean
}

/** How an instrument is doing. Counts are since it was started. */
export interface InstrumentStatus {
  /**
   * - `connecting`: no pulse has come yet
   * - `live`: pulses come
   * - `silent`: they have stopped, and nothing says why
   * - `failed`: the sender is not there, or cannot be understood
   */
  readonly state: 'connecting' | 'live' | 'silent' | 'failed'
  /** A sentence for people. */
  readonly reason: string
  readonly messages: number
  /** Of all messages, also of those that were dropped unread. */
  readonly bytes: number
  /** Pulses a second, over the last seconds. */
  readonly rate: number
  /** Over the last seconds. */
  readonly bytesPerSecond: number
  /** Of the last message. */
  readonly pulseId?: bigint
  /** Pulses that are missing in the sequence of pulse ids. */
  readonly lostPulses: number
  /** How often the pulse ids began anew: the sender was restarted. */
  readonly restarts: number
  /** Messages that were no valid bsread. */
  readonly rejected: number
  /** Why the last of them was rejected. */
  readonly lastRejection?: string
  /** ms since the last message. */
  readonly age?: number
  readonly channels: readonly InstrumentChannel[]
}

/** An instrument that is being listened to. */
export interface Instrument {
  readonly settings: InstrumentSettings
  readonly status: InstrumentStatus
  /** Stops listening for good; its streams become stale, or go. */
  stop(): Promise<void>
}
