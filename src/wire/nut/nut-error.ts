import { ExpectedError } from '../../core/errors.ts'

/** Bytes are no NUT, or damaged, or beyond the limits. The message is a sentence without an end: "the frame is too large". */
export class NutError extends ExpectedError {
  constructor(message: string) {
    super(message)
    this.name = 'NutError'
  }
}
