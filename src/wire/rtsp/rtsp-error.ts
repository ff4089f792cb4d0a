import { ExpectedError } from '../../core/errors.ts'

/**
 * A peer does not speak RTSP as it should. The message is a sentence for people; the connection is to be closed then.
 */
export class RtspError extends ExpectedError {
  constructor(message: string) {
    super(message)
    this.name = 'RtspError'
  }
}
