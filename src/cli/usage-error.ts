/** A command was given wrong arguments, or what it needs is not there. The message is one sentence for the user. */
export class UsageError extends Error {
  readonly code = 'usage'
  /** What the process ends with: 1 when it could not be done, 2 when the arguments make no sense. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
