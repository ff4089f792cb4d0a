/** What a sender may make us hold and do. */
export interface BsreadLimits {
  /** The longest main header, in bytes. Senders' have about 150. */
  readonly mainHeaderBytes: number
  /** The longest data header, in bytes, unpacked. Senders' have 100 to 200 for each channel. */
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

/** The limits of a stream of at most so many channels, and of arrays of at most so many bytes. */
export function bsreadLimits({ channels, valueBytes }: Pick<BsreadLimits, 'channels' | 'valueBytes'>): BsreadLimits {
  return {
    mainHeaderBytes: 16 * 1024,
    dataHeaderBytes: 1024 * Math.max(channels, FEWEST_WITH_ROOM),
    channels,
    nameLength: 256,
    dimensions: 8,
    valueBytes,
    textBytes: 64 * 1024,
  }
}

/** For fewer channels there is as much room for the data header, so that it is understood what a sender has too much of. */
const FEWEST_WITH_ROOM = 1024

/** The limits where nothing else is said. */
export const BSREAD_LIMITS = bsreadLimits({ channels: 1000, valueBytes: 256 * 1024 * 1024 })
