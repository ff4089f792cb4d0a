import type { Principal } from '../../core/principal.ts'
import type { SharedPacket } from '../../wire/socket-io-packet.ts'

/** The pictures of whole labels, as clients of the first generation get them: `update`. */
export interface LabelFeed {
  /** Sends a client the labels that it has chosen, or all that it may see, until it is closed. */
  open(reader: LabelReader): { close(): void; drained(): void }
}

/** Who gets updates. */
export interface LabelReader {
  readonly principal: Principal
  /** Undefined: all that it may see. */
  readonly labels: readonly string[] | undefined
  /** Whether everything that was written has been taken. `drained` is called when it is so again. */
  readonly isDrained: () => boolean
  readonly write: (update: SharedPacket) => void
}
