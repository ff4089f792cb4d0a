import type { Json } from './json.ts'

/**
 * A camera as configured by its operator: the URL to pull, and any other fields that programs keep with it. `site` is
 * the label of its stream and `stream_name` the key, if given.
 */
export interface CameraConfig {
  /** The URL of its video, which identifies the camera. It may contain a password. */
  readonly video_url: string
  readonly [field: string]: Json
}

/** Stores the list of cameras. */
export interface CameraStore {
  /** In the order in which they were given, passwords included. */
  list(): Promise<CameraConfig[]>
  /**
   * Replaces the list atomically: if it fails, the old one remains.
   * @param check whether it is still allowed: called once nothing has to be waited for before the list is written; what
   *   it throws is thrown
   */
  replace(all: readonly CameraConfig[], check: () => void): Promise<void>
}
