import type { CameraProblem } from '../../core/camera.ts'
import { ExpectedError } from '../../core/errors.ts'

/** A camera sends video that cannot be read. The message is a sentence for people; the connection is to be closed then. */
export class RtpError extends ExpectedError {
  readonly problem: CameraProblem

  constructor(problem: CameraProblem, message: string) {
    super(message)
    this.name = 'RtpError'
    this.problem = problem
  }
}
