import { CAMERA_PROBLEMS, CAMERA_STATES, type CameraProblem, type CameraState } from '../../src/core/camera.ts'
import { VIDEO_CODECS, type VideoCodec } from '../../src/core/video.ts'
import { type Fields, fieldsIn, numberIn, oneIn, textIn } from '../access/json-fields.ts'

/** How a camera is doing, as the server says in `/cameras`, and shorter in `/streams`. */
export interface CameraStatus {
  readonly state: CameraState
  /** A sentence of the server. */
  readonly reason: string
  /** What is wrong, while it matters. */
  readonly problem: CameraProblem | undefined
  readonly lastError: LastError | undefined
  readonly codec: VideoCodec | undefined
  /** Of its pictures, pixels. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Pictures a second that it sends. */
  readonly fps: number
  readonly bytesPerSecond: number
  readonly restarts: number
  /** Whose clock the ages are by. */
  readonly clock: 'camera' | 'arrival' | undefined
  /** Whether pictures are being made of its video, as somebody watches. */
  readonly isDecoding: boolean
}

/** The last failure of a camera. */
export interface LastError {
  readonly problem: CameraProblem | undefined
  /** A sentence of the server. */
  readonly reason: string
  /** ms since 1970. */
  readonly at: number
}

/** Reads a status. */
export function cameraStatusOf(fields: Fields): CameraStatus {
  return {
    state: oneIn(fields, 'state', CAMERA_STATES, 'off'),
    reason: textIn(fields, 'reason'),
    problem: problemIn(fields),
    lastError: lastErrorOf(fieldsIn(fields.last_error)),
    codec: VIDEO_CODECS.find((codec) => codec === fields.codec),
    width: numberIn(fields, 'width'),
    height: numberIn(fields, 'height'),
    fps: numberIn(fields, 'fps') ?? 0,
    bytesPerSecond: numberIn(fields, 'bytes_per_s') ?? 0,
    restarts: numberIn(fields, 'restarts') ?? 0,
    clock: fields.clock === 'camera' || fields.clock === 'arrival' ? fields.clock : undefined,
    isDecoding: fields.is_decoding === true,
  }
}

/** The problem of a camera, or of an answer about one; undefined if there is none that this page knows. */
export function problemIn({ problem }: Fields): CameraProblem | undefined {
  return CAMERA_PROBLEMS.find((known) => known === problem)
}

function lastErrorOf(fields: Fields): LastError | undefined {
  const at = numberIn(fields, 'at')
  return at === undefined ? undefined : { problem: problemIn(fields), reason: textIn(fields, 'reason'), at }
}
