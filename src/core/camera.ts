import type { Size } from './payload.ts'
import type { StreamName } from './stream-name.ts'
import type { VideoCodec } from './video.ts'

/** When a camera is pulled. `on-demand`: while somebody watches. `off`: never; it is only known. */
export const CAMERA_RUNS = ['on-demand', 'always', 'off'] as const

/** One of them. */
export type CameraRuns = (typeof CAMERA_RUNS)[number]

/** A camera that this server pulls: its address, and the stream that its pictures become. */
export interface CameraSettings {
  /** The label is its site, the key its name. */
  readonly stream: StreamName
  /** Without user and password; the query may still contain a secret. */
  readonly url: string
  /** As it is, not percent-encoded. */
  readonly user?: string | undefined
  /** As it is, not percent-encoded. */
  readonly password?: string | undefined
  readonly runs: CameraRuns
  /** `any`: its TLS certificate is not checked, as those of cameras are mostly self-signed. */
  readonly certificate: 'verified' | 'any'
  /** How RTP comes over RTSP. `auto`: TCP, and UDP where the camera refuses that. */
  readonly transport: 'auto' | 'tcp' | 'udp'
}

/**
 * `configuration`: from the configuration file. `added`: by REST or on the page. `hub`: from the detection hub's list
 * (`/api/config`).
 */
export type CameraOrigin = 'configuration' | 'added' | 'hub'

/**
 * What is wrong with a camera, for programs; `reason` says it to people.
 *
 * `unreachable`: no connection. `address`: its address may not be asked (`cameras.addresses`). `certificate`: its TLS
 * certificate does not hold. `password`: it refuses the log-in. `not-found`: it has no such path. `busy`: it serves no more
 * connections. `no-video`: nothing to see there. `codec`: a video that cannot be decoded. `too-large`: pictures beyond the
 * limit. `silent`: connected, and nothing comes. `protocol`: what it says is not understood. `ffmpeg`: FFmpeg is missing,
 * too old, or fails. `unsupported`: this kind of address cannot be pulled.
 */
export const CAMERA_PROBLEMS = [
  'unreachable',
  'address',
  'certificate',
  'password',
  'not-found',
  'busy',
  'no-video',
  'codec',
  'too-large',
  'silent',
  'protocol',
  'ffmpeg',
  'unsupported',
] as const

/** One of them. */
export type CameraProblem = (typeof CAMERA_PROBLEMS)[number]

/** The last failure of a camera. */
export interface CameraError {
  readonly problem: CameraProblem
  /** What it is and what to do about it, a sentence for people, without secrets. */
  readonly reason: string
  /** ms since 1970. */
  readonly at: number
}

/**
 * `off`: not pulled. `idle`: nobody watches. `connecting`: no video yet. `live`: video comes. `failed`: it is tried again.
 * `stopped`: it is not tried again until somebody starts it or changes its settings (a wrong password). `yielding`: somebody
 * else publishes its stream, so it is not pulled as well.
 */
export const CAMERA_STATES = ['off', 'idle', 'connecting', 'live', 'failed', 'stopped', 'yielding'] as const

/** One of them. */
export type CameraState = (typeof CAMERA_STATES)[number]

/** How a camera is doing; counts are since it was started. */
export interface CameraStatus {
  readonly state: CameraState
  /** In words, what to do about it included. */
  readonly reason: string
  /** Of the last failure, also while it works again. */
  readonly lastError: CameraError | undefined
  /** How often it had to be connected anew. */
  readonly restarts: number
  /** Bytes of video received. */
  readonly bytes: number
  /** Over the last few seconds. */
  readonly bytesPerSecond: number
  /** Pictures a second that the camera sends, over the last few seconds. */
  readonly rate: number
  readonly codec: VideoCodec | undefined
  readonly size: Size | undefined
  /** Seconds between two key frames, the longest of late; undefined while not known, or where every picture is one. */
  readonly keyInterval: number | undefined
  /** Whose clock the ages are by; undefined until a picture has come. */
  readonly clock: 'camera' | 'arrival' | undefined
  /** Whether pictures are being decoded. */
  readonly isDecoding: boolean
}

/** A camera that this server pulls, running or not. */
export interface Camera {
  readonly settings: CameraSettings
  readonly status: CameraStatus
  /** Tries again now, also where it had given up. */
  retry(): void
  /** Stops for good; its stream becomes stale, or goes. */
  stop(): Promise<void>
}
