/** Where rooms report what an operator should know: fields first, then a sentence. Tokens and keys never go in. */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}
