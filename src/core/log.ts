/** Logger for operators: fields first, then a sentence. Tokens and keys must never be logged. */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** A log that adds fields to each line, such as what it is about. */
export function withFields(log: Log, fields: object): Log {
  return {
    error: (more, message) => log.error({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
  }
}
