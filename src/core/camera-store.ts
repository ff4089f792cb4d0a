import type { CameraRuns, CameraSettings } from './camera.ts'
import type { Json } from './json.ts'
import type { StreamName } from './stream-name.ts'

/** A camera that was added while the server ran, as it is stored. */
export interface StoredCamera {
  /** The `url` is empty if it could not be read. */
  readonly settings: CameraSettings
  /** Why its address and password cannot be read, as a sentence; undefined if they can. */
  readonly problem?: string | undefined
}

/**
 * Stores the cameras that were added while the server ran, encrypted; those of the configuration are not in it. `check`
 * says whether a change is still allowed: it is called once nothing has to be waited for before it is written; what it
 * throws is thrown.
 */
export interface CameraStore {
  /** In the order in which they were added, passwords included. */
  list(): Promise<StoredCamera[]>
  /** Adds one. @returns false if there is one of that stream. @throws Refusal `unavailable` when it cannot be encrypted */
  add(settings: CameraSettings, check: () => void): Promise<boolean>
  /**
   * Replaces what is stored of the camera of a stream; the new settings may have another stream.
   * @returns false if there is none, or another one of the new stream
   * @throws Refusal `unavailable` when it cannot be encrypted
   */
  change(stream: StreamName, settings: CameraSettings, check: () => void): Promise<boolean>
  /** Removes one. @returns false if there is none of that stream */
  remove(stream: StreamName, check: () => void): Promise<boolean>
}

/**
 * A camera of the detection hub's list: the URL to pull, and any other fields that programs keep with it. `site` is the
 * label of its stream and `stream_name` the key, if given.
 */
export interface CameraConfig {
  /** The URL of its video, which identifies the camera. It may contain a password. */
  readonly video_url: string
  readonly [field: string]: Json
}

/** How a camera of the hub's list is pulled here, which the hub does not know of. */
export interface HubPull extends Pick<CameraSettings, 'certificate' | 'transport'> {
  readonly runs: CameraRuns
}

/** A camera of the hub's list, as it is stored. */
export interface HubCamera {
  /** Its `video_url` is empty if it could not be read; the rest is then what is known of its stream. */
  readonly config: CameraConfig
  /** Undefined while it is only known. */
  readonly pull?: HubPull | undefined
  /** Why it cannot be read, as a sentence; undefined if it can. */
  readonly problem?: string | undefined
}

/** Stores the detection hub's list of cameras, encrypted. */
export interface HubCameraStore {
  /** In the order in which they were given, passwords included. */
  list(): Promise<HubCamera[]>
  /**
   * Replaces the list atomically: if it fails, the old one remains.
   * @param check whether it is still allowed: called once nothing has to be waited for before the list is written; what
   *   it throws is thrown
   * @throws Refusal `unavailable` when it cannot be encrypted
   */
  replace(all: readonly HubCamera[], check: () => void): Promise<void>
}
