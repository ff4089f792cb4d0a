import type { Camera, CameraOrigin, CameraSettings } from './camera.ts'
import type { Size } from './payload.ts'
import type { VideoCodec } from './video.ts'

/** Pulls cameras: what the list of cameras, and its routes, need of `sources/cameras`. */
export interface CameraPuller {
  /** Starts a camera that is not off. Whose address is in the configuration file may be anywhere. */
  start(settings: CameraSettings, origin: CameraOrigin): Camera
  /**
   * Connects to a camera once, for its next picture.
   * @param signal aborted when nobody waits for it any more, or its time is over
   * @throws the `CameraFailure` of its input; anything else is a fault of ours
   */
  test(settings: CameraSettings, origin: CameraOrigin, signal: AbortSignal): Promise<CameraTestResult>
  /** The FFmpeg of this machine, looked for anew if there was none. */
  ffmpeg(): Promise<FfmpegState>
}

/** What a test of a camera has found. */
export interface CameraTestResult {
  /** A JPEG, at most 640 pixels wide. */
  readonly picture: Uint8Array
  /** Of the camera's own picture. */
  readonly size: Size
  /** Undefined where it sends single pictures. */
  readonly codec: VideoCodec | undefined
  /** From the beginning until the picture was there, ms. */
  readonly tookMs: number
  /** Whose clock the ages of its pictures will be by. */
  readonly clock: 'camera' | 'arrival'
}

/** What is known of `ffmpeg`. */
export interface FfmpegState {
  /** "5.1.9"; undefined if it cannot be used. */
  readonly version: string | undefined
  /** Why it cannot be used and what to do about it, as a sentence; undefined if it can. */
  readonly problem: string | undefined
}
