import type { PulseTime } from '../../core/pulse.ts'
import { BsreadError } from './bsread-error.ts'
import { ChannelReading } from './channel-reading.ts'
import { type DataHeader, readDataHeader } from './data-header.ts'
import { BSREAD_LIMITS, type BsreadLimits } from './limits.ts'
import { type BsreadCommand, commandIn, type MainHeader, mainHeaderIn, parseMainFrame } from './main-header.ts'

/*
 * bsread, the protocol in which instruments of beamlines send their measurements: one ZeroMQ message of several frames for each
 * pulse of the machine. The main header (JSON), the data header (JSON), then value and timestamp of each channel; a channel
 * without a value has two empty frames. Read as by the receivers in Python, Java, Rust and C++, but strictly.
 */

/** The headers of a message, which say all but the values. */
export interface BsreadHeaders {
  readonly kind: 'headers'
  /** The machine's count of pulses, from 0 to 2⁶⁴ − 1. It goes back when a sender starts anew. */
  readonly pulseId: bigint
  /** When the pulse was, by the sender's clock. */
  readonly globalTimestamp: PulseTime | undefined
  /** The same object as long as the sender's channels do not change. */
  readonly dataHeader: DataHeader
}

/** A message, with the values of its channels. */
export interface BsreadMessage extends Omit<BsreadHeaders, 'kind'> {
  readonly kind: 'message'
  /** In the order of the data header; nothing of them is decoded until it is asked for. */
  readonly channels: readonly ChannelReading[]
}

/** Reads the messages of one sender, in order. It remembers the last data header, which not every message need repeat. */
export class BsreadDecoder {
  readonly #limits: BsreadLimits
  #dataHeader: DataHeader | undefined
  readonly #earlier: DataHeader | undefined

  /**
   * @param earlier the last data header of the connection before: who leaves out a header that has been sent has not sent it
   *   over this one. One that is sent counts, also if a sender that was started anew has given it the same hash.
   */
  constructor(limits: BsreadLimits = BSREAD_LIMITS, earlier?: DataHeader) {
    this.#limits = limits
    this.#earlier = earlier
  }

  /**
   * Reads a whole message.
   * @param frames all of it; the values keep their memory
   * @throws BsreadError, after which the next message can be read
   */
  decode(frames: readonly Uint8Array[]): BsreadMessage | BsreadCommand {
    const [main = NO_BYTES, data] = frames
    const headers = this.readHeaders(main, data)
    return headers.kind === 'command' ? headers : this.readValues(headers, frames)
  }

  /**
   * Reads the headers of a message alone, for a stream whose values nobody wants: some µs, and the data header only when the
   * hash is another than that of the message before.
   * @param main the first frame
   * @param data the second one; undefined if there is none
   * @throws BsreadError, after which the next message can be read
   */
  readHeaders(main: Uint8Array, data: Uint8Array | undefined): BsreadHeaders | BsreadCommand {
    const fields = parseMainFrame(main, this.#limits)
    const command = data ? undefined : commandIn(fields)
    if (command) return command
    const header = mainHeaderIn(fields)
    if (!data) throw new BsreadError('FRAMES', 'The message has no data header.')
    return {
      kind: 'headers',
      pulseId: header.pulseId,
      globalTimestamp: header.globalTimestamp,
      dataHeader: this.#dataHeaderOf(header, data),
    }
  }

  /**
   * The message of these headers, however long ago they were read.
   * @param frames all of the message, the two headers included; the values keep their memory
   * @throws BsreadError `FRAMES`
   */
  readValues(headers: BsreadHeaders, frames: readonly Uint8Array[]): BsreadMessage {
    const { pulseId, globalTimestamp, dataHeader } = headers
    const needed = dataHeader.frames
    if (frames.length !== needed)
      throw new BsreadError('FRAMES', `The message has ${frames.length} frames, where its channels need ${needed}.`)
    const channels = dataHeader.channels.map((channel, index) => {
      const value = frames[2 + 2 * index] ?? NO_BYTES
      const timestamp = frames[3 + 2 * index] ?? NO_BYTES
      return new ChannelReading(channel, { value, timestamp, globalTimestamp }, this.#limits)
    })
    return { kind: 'message', pulseId, globalTimestamp, dataHeader, channels }
  }

  #dataHeaderOf(main: MainHeader, data: Uint8Array): DataHeader {
    if (this.#dataHeader?.hash === main.hash) return this.#dataHeader
    if (data.length === 0 && this.#earlier?.hash === main.hash) return this.#earlier
    // Kept only once it has been read: a damaged one is not to spoil the messages that follow.
    this.#dataHeader = readDataHeader(data, main, this.#limits)
    return this.#dataHeader
  }
}

const NO_BYTES = new Uint8Array(0)
