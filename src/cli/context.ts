import type { Readable, Writable } from 'node:stream'

/** What a command has around it: a process, or a test that runs it in its own. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's folder, absolute: paths that are typed are relative to it. */
  readonly cwd: string
  readonly stdin: Input
  /** What was asked for, and the log of a server. */
  readonly stdout: Output
  /** What went wrong, and questions. */
  readonly stderr: Output
  /**
   * Aborted when the command shall stop, with the name of the signal ("SIGTERM") as its reason. A command that never
   * looks at it is ended by the signal itself, as any program is.
   */
  readonly signal: AbortSignal
}

/** What a command reads, with the marks of a terminal if it is one. */
export type Input = Readable & { readonly isTTY?: boolean | undefined }

/** Where a command writes, with the marks of a terminal if it is one. */
export type Output = Writable & {
  readonly isTTY?: boolean | undefined
  /** Of a file, pipe or terminal of the process. */
  readonly fd?: number | undefined
}
