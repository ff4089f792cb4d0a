/**
 * The settings cannot be used. The message is for the operator: one line for each wrong setting, saying which it is,
 * where it came from and what is allowed. The start stops with it.
 */
export class ConfigError extends Error {
  readonly code = 'config'

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
  }
}
