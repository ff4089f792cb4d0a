/** Logger for operators: fields first, then a sentence. Tokens and keys must never be logged. */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}
