/*
 * NUT, the container that video is in between this server and `ffmpeg`, both ways: it delays no frame and knows all
 * codecs. The format is described in "NUT Open Container Format" (https://ffmpeg.org/~michael/nut.txt); what
 * `ffmpeg` reads and writes of it is in its libavformat/nutdec.c and nutenc.c.
 */

/** What a file begins with, with a 0 behind it. */
export const FILE_ID: Uint8Array = new TextEncoder().encode('nut/multimedia container\0')

/** What packets begin with, 8 bytes each, in hexadecimal. A frame has none: its first byte is never an N. */
export const START_CODES = {
  main: '4e4d7a561f5f04ad',
  stream: '4e5311405bf2f9db',
  syncpoint: '4e4be4adeeca4569',
  index: '4e58dd672f23e64e',
  info: '4e49ab68b596ba78',
} as const

/** The kinds of packets that have a header. */
export type PacketKind = keyof typeof START_CODES

/** The first byte of all start codes, which is the number of no frame code. */
export const N = 0x4e

/** Bits of frame codes, and of frames. */
export const FLAGS = {
  /** Decoding can begin here. */
  key: 1,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  /** Side data and metadata precede the frame. */
  sideData: 256,
  headerIndex: 1024,
  matchTime: 2048,
  /** The frame has flags of its own. */
  coded: 4096,
  invalid: 8192,
} as const

/** Bit of the main header since version 4: frames may follow without syncpoints. */
export const PIPE = 2

/** A packet whose rest is longer has a checksum of its header as well. */
export const LONG_PACKET = 4096
