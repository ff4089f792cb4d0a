import type { Json } from './frame.ts'

/**
 * A camera as its operator configured it: what to pull, and whatever else programs keep with it. `site` is the label of
 * its stream and `stream_name` the key, where they are given.
 */
export interface CameraConfig {
  /** Where its pictures are: what cameras are told apart by. It may hold a password. */
  readonly video_url: string
  readonly [field: string]: Json
}

/** Keeps the list of cameras. */
export interface CameraStore {
  /** In the order in which they were given, passwords as they are. */
  list(): Promise<CameraConfig[]>
  /** Puts a list in the place of the old one: all of it or, when it fails, nothing. */
  replace(all: readonly CameraConfig[]): Promise<void>
}
