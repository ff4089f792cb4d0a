import { ExpectedError } from '../../core/errors.ts'

/** Compressed bytes that cannot be what their sender says; the message is a sentence that needs no others. */
export class UnpackError extends ExpectedError {
  override readonly name = 'UnpackError'
}
