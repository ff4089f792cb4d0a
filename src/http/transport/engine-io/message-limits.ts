/** The largest body or message that is read, in bytes; of one message less is handled. */
export const MOST_BYTES = 1_000_000

/** The largest message that is handled, in bytes or characters: as on the other sockets of viewers. */
export const MOST_MESSAGE_BYTES = 64 * 1024

/** How many packets may wait for the peer to read them before nothing more is read from it. */
export const MOST_WAITING = 64
