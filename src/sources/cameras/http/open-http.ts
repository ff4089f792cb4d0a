import type { CameraSettings } from '../../../core/camera.ts'
import {
  CameraFailure,
  type CameraInput,
  type CameraListener,
  type InputParts,
  type OpenInput,
} from '../camera-input.ts'
import { type CopyFrom, copierOf } from '../ffmpeg/copy-from.ts'
import { contentKind, TELLING_BYTES } from './content-kind.ts'
import { readHls } from './hls-stream.ts'
import { HttpClient } from './http-client.ts'
import { readMjpeg } from './mjpeg-stream.ts'
import { readSnapshot, takeSnapshots } from './snapshots.ts'

/** For cameras that are asked over HTTP or HTTPS: MJPEG, single pictures or HLS, by what they answer. */
export const openHttp: OpenInput = (settings, parts) => openHttpWith(copierOf, settings, parts)

/** The same. @param copier makes what reads the video in segments of HLS; replaced by tests */
export function openHttpWith(
  copier: (parts: InputParts) => CopyFrom,
  settings: CameraSettings,
  parts: InputParts,
): CameraInput {
  return new HttpInput(settings, parts, copier(parts))
}

class HttpInput implements CameraInput {
  readonly #settings: CameraSettings
  readonly #parts: InputParts
  readonly #copyFrom: CopyFrom
  readonly #url: URL

  constructor(settings: CameraSettings, parts: InputParts, copyFrom: CopyFrom) {
    const url = URL.parse(settings.url)
    if (!url)
      throw new CameraFailure('unsupported', 'The address of the camera is none: write http://, its host and the path.')
    this.#settings = settings
    this.#parts = parts
    this.#copyFrom = copyFrom
    this.#url = url
  }

  async pull(listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#parts
    // Whatever happens, nothing of it goes on behind our back.
    const end = new AbortController()
    const whole = AbortSignal.any([signal, end.signal])
    const client = new HttpClient({ ...this.#parts, settings: this.#settings, signal: whole })
    const parts = { clock, limits, client, listener, signal: whole }
    try {
      const askedAt = clock.monotonic()
      const answer = await client.get(this.#url)
      const kind = contentKind(answer.type, await answer.peek(TELLING_BYTES))
      if (kind === 'mjpeg') await readMjpeg(answer.chunks(), listener, parts)
      else if (kind === 'hls') await readHls(answer, this.#copyFrom, parts)
      else await takeSnapshots(this.#url, await readSnapshot(answer, askedAt, limits.packetBytes), parts)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      end.abort()
      client.close()
    }
  }
}
