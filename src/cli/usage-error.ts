/**
 * A user's mistake on the command line: wrong arguments, or something missing. The message is one sentence for the
 * user.
 */
export class UsageError extends Error {
  readonly code = 'usage'
  /** The exit code of the process: 1 failure, 2 wrong usage. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
