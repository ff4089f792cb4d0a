import type { Size } from './payload.ts'
import type { StreamStart } from './stream-condition.ts'
import type { StreamName } from './stream-name.ts'

/** What is known of a stream from before the server started. */
export interface RememberedStream {
  readonly name: StreamName
  readonly start: StreamStart
  /** When its last frame was received, ms since 1970; of one that nobody watched, when it was last heard. */
  readonly lastSeenAt: number
  /** The size of its last frame; undefined where it starts with the next one, and nothing from before is told. */
  readonly size?: Size | undefined
}
