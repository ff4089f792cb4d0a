import type { CameraProblem, CameraSettings } from '../../core/camera.ts'
import type { Clock } from '../../core/clock.ts'
import { SourceFailure } from '../../core/pulled-source.ts'
import type { VideoPacket, VideoTrack } from '../../core/video.ts'
import type { Dialler } from './dialler.ts'
import type { FfmpegProgram } from './ffmpeg-program.ts'

/** One way to get video, or single pictures, from a camera: RTSP, an FFmpeg process, HTTP … */
export interface CameraInput {
  /**
   * Connects, and passes on what comes, until `signal` is aborted; settles once all it held is released (the RTSP session
   * ended, processes gone).
   * @throws CameraFailure when it cannot connect, loses the connection, or understands nothing. To resolve before the signal
   *   is aborted is a failure too. It keeps its own time limits: nothing for `silenceTimeout` is a failure (`silent`)
   */
  pull(listener: CameraListener, signal: AbortSignal): Promise<void>
}

/** Makes the input for a camera. @throws CameraFailure `unsupported`, `ffmpeg` */
export type OpenInput = (settings: CameraSettings, parts: InputParts) => CameraInput

/** What inputs need. */
export interface InputParts {
  readonly clock: Clock
  readonly dialler: Dialler
  /** Looks for the program again on each call, as it may have been installed. */
  readonly ffmpeg: FfmpegProgram
  readonly limits: InputLimits
}

/** The bounds of what cameras send. */
export interface InputLimits {
  /** How long a connection may take to be made and to be answered, ms. */
  readonly connectTimeout: number
  /** How long nothing may come before the connection counts as lost, ms. */
  readonly silenceTimeout: number
  /** The largest packet or picture, bytes. */
  readonly packetBytes: number
  /** The largest picture that is decoded, pixels. */
  readonly maxPixels: number
  /** How much memory a process may use, bytes. */
  readonly processBytes: number
}

/** Takes what a camera sends. */
export interface CameraListener {
  /** Video of this kind comes from now on; called before the first packet, and again when it changes. */
  track(track: VideoTrack): void
  packet(packet: VideoPacket): void
  /** A picture of the video was left out, as a part of it, or of one that it refers to, was lost on its way. */
  dropped?(): void
  /** The camera sends single JPEGs; each is a whole picture. */
  picture(picture: CameraPicture): void
  /** How many pictures a second are wanted now; 0: none. For inputs that ask for each picture. */
  wantedRate(): number
}

/** A JPEG as the camera sent it. */
export interface CameraPicture {
  readonly bytes: Uint8Array
  /** When its last byte came, ms since 1970, by this server's clock. */
  readonly arrivedAt: number
  /** When it was captured, ms since 1970, by the camera's clock; undefined if the camera does not say. */
  readonly capturedAt?: number | undefined
}

/** A camera fails, for a reason that people and programs can tell. */
export class CameraFailure extends SourceFailure {
  readonly problem: CameraProblem

  /**
   * @param reason a sentence for people that says what is wrong and what to do; no secrets
   * @param retryAfter as of `SourceFailure`; Infinity where trying again can only do harm (a wrong password)
   */
  constructor(problem: CameraProblem, reason: string, retryAfter = 0) {
    super(reason, retryAfter)
    this.name = 'CameraFailure'
    this.problem = problem
  }
}
