/** A command was given wrong arguments, or what it needs is not there. The message is one sentence for the user. */
export class UsageError extends Error {
  readonly code = 'usage'
}
