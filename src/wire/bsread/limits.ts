/** What a sender may make us hold and do. */
export interface BsreadLimits {
  /** The longest main header, in bytes. Senders' have about 150. */
  readonly mainHeaderBytes: number
  /** The longest data header, in bytes, unpacked. Senders' have about 100 for each channel. */
  readonly dataHeaderBytes: number
  /** The most channels of a stream. */
  readonly channels: number
  /** The longest name of a channel, in UTF-16 code units. */
  readonly nameLength: number
  /** The most dimensions of an array. */
  readonly dimensions: number
  /** The largest array, in bytes, unpacked. */
  readonly valueBytes: number
  /** The longest text in a channel, in bytes, unpacked. */
  readonly textBytes: number
}

/** The defaults. */
export const BSREAD_LIMITS: BsreadLimits = {
  mainHeaderBytes: 16 * 1024,
  dataHeaderBytes: 1024 * 1024,
  channels: 4096,
  nameLength: 256,
  dimensions: 8,
  valueBytes: 128 * 1024 * 1024,
  textBytes: 64 * 1024,
}
