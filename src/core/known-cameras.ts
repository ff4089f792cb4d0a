import type { Camera, CameraOrigin, CameraSettings, CameraStatus } from './camera.ts'
import { type StreamName, streamId } from './stream-name.ts'

/** A camera that this server knows. */
export interface KnownCamera {
  /** The `url` is empty where `problem` says why it is not known. */
  readonly settings: CameraSettings
  readonly origin: CameraOrigin
  /** Undefined while it is not pulled. */
  readonly running?: Camera | undefined
  /** Why it cannot be pulled until it is changed, as a sentence: its address cannot be read, or not be used. */
  readonly problem?: string | undefined
  /** Why it is not running, as a sentence for people; empty while it is. */
  readonly whyNot: string
}

/** Of several cameras of one stream, the one that counts comes first. */
const ORIGINS = ['configuration', 'added', 'hub'] as const

/** All cameras that this server knows: at most one of each origin for a stream. */
export class KnownCameras {
  readonly #known = {
    configuration: new Map<string, KnownCamera>(),
    added: new Map<string, KnownCamera>(),
    hub: new Map<string, KnownCamera>(),
  }

  /** Those of the configuration, then those that were added, then the hub's. */
  get all(): readonly KnownCamera[] {
    return ORIGINS.flatMap((origin) => [...this.#known[origin].values()])
  }

  /** The camera of a stream; if there are several, the one that counts. */
  get(stream: StreamName): KnownCamera | undefined {
    const id = streamId(stream)
    for (const origin of ORIGINS) {
      const camera = this.#known[origin].get(id)
      if (camera) return camera
    }
    return undefined
  }

  /** The camera of a stream that is of this origin. */
  of(origin: CameraOrigin, stream: StreamName): KnownCamera | undefined {
    return this.#known[origin].get(streamId(stream))
  }

  /** Adds a camera, or replaces what is known of that of the same origin and stream. */
  set(camera: KnownCamera): void {
    this.#known[camera.origin].set(streamId(camera.settings.stream), camera)
  }

  delete({ origin, settings }: KnownCamera): void {
    this.#known[origin].delete(streamId(settings.stream))
  }

  /** How the camera of a stream is doing; undefined if none is pulled for it. */
  statusOf(stream: StreamName): CameraStatus | undefined {
    return this.get(stream)?.running?.status
  }
}
