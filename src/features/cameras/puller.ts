import type { CameraPuller } from '../../core/camera-puller.ts'
import { CameraFailure } from '../../sources/cameras/camera-input.ts'

/** Until the parts that pull cameras are put together: none is pulled. */
export const NO_PULLER: CameraPuller = {
  start() {
    throw new Error(NOT_YET)
  },
  async test() {
    throw new CameraFailure('unsupported', NOT_YET)
  },
  async ffmpeg() {
    return { version: undefined, problem: undefined }
  },
}

const NOT_YET = 'This version does not pull cameras yet.'
