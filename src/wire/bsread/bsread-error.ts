import { ExpectedError } from '../../core/errors.ts'

/** What is wrong with a message, or with one channel of it. */
export class BsreadError extends ExpectedError {
  readonly code: BsreadErrorCode

  /** @param message one sentence for the operator; it names the channel if it is about one */
  constructor(code: BsreadErrorCode, message: string) {
    super(message)
    this.name = 'BsreadError'
    this.code = code
  }
}

/** The kinds of errors. */
export type BsreadErrorCode =
  /** The number of frames is not 2 + 2 × channels. */
  | 'FRAMES'
  /** The main header is too long, or no JSON object in UTF-8. */
  | 'MAIN_JSON'
  /** The main header is of another kind or major version. */
  | 'MAIN_HTYPE'
  /** `pulse_id` is missing, or no integer from 0 to 2⁶⁴ − 1. */
  | 'MAIN_PULSE_ID'
  /** `global_timestamp` is there and no time. */
  | 'MAIN_TIMESTAMP'
  /** `hash` is missing, or no text. */
  | 'MAIN_HASH'
  /** The data header is too long, or no JSON object in UTF-8. */
  | 'DH_JSON'
  /** The data header is of another kind or major version. */
  | 'DH_HTYPE'
  /** The data header is packed in a way that we do not know. */
  | 'DH_COMPRESSION'
  /** The data header has no list of channels, or too long a one. */
  | 'DH_CHANNELS'
  /** A channel has no usable name, or that of another one. */
  | 'DH_CHANNEL'
  /** The description of a channel is not one that we can read: its type, its shape, … */
  | 'CHANNEL'
  /** The value of a channel has another size than its shape says, or is no text in UTF-8. */
  | 'VALUE'
  /** Bytes that are packed with LZ4 are damaged, or announce another size than they should have. */
  | 'LZ4'
  /** The same for bitshuffle with LZ4. */
  | 'BSLZ4'
