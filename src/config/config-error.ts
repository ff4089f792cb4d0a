/**
 * Invalid configuration; the server does not start. The message is for the operator: one line for each wrong setting,
 * with its name, where it came from and what is allowed.
 */
export class ConfigError extends Error {
  readonly code = 'config'

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}
