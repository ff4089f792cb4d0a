import type { Readable, Writable } from 'node:stream'

/** The environment of a command: that of the process, or one made by a test. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's working directory, absolute: typed paths are relative to it. */
  readonly cwd: string
  readonly stdin: Input
  /** For results, and the server's log. */
  readonly stdout: Output
  /** For errors and prompts. */
  readonly stderr: Output
  /**
   * Aborted when the command must stop, with the name of the signal ("SIGTERM") as its reason. A command that never
   * reads this property is killed by the signal as usual.
   */
  readonly signal: AbortSignal
}

/** A readable stream, possibly a terminal. */
export type Input = Readable & { readonly isTTY?: boolean | undefined }

/** A writable stream, possibly a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined
  /** The file descriptor, if it belongs to the process. */
  readonly fd?: number | undefined
}
