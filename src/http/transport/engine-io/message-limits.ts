/** The largest body or message that is read, in bytes; of one message less is handled. */
export const MOST_BYTES = 1_000_000

/** The largest message that is handled, in bytes or characters: as on the other sockets of viewers. */
export const MOST_MESSAGE_BYTES = 64 * 1024

/** How many packets may wait for the peer to read them before nothing more is read from it. */
export const MOST_WAITING = 64

/** The same in bytes, beside the packet that exceeds it. */
export const MOST_WAITING_BYTES = 64 * 1024

/** The length of what a packet carries, in bytes; of a text at least its characters. */
export function sizeOf(data: string | ArrayBufferView | ArrayBuffer | readonly Uint8Array[] | undefined): number {
  if (data === undefined) return 0
  if (typeof data === 'string') return data.length
  return 'byteLength' in data ? data.byteLength : data.reduce((sum, part) => sum + part.length, 0)
}
