import type { CameraSettings } from '../../../core/camera.ts'
import {
  CameraFailure,
  type CameraInput,
  type CameraListener,
  type InputParts,
  type OpenInput,
} from '../camera-input.ts'
import { Redirection } from './rtsp-client.ts'
import { readFailure } from './rtsp-failures.ts'
import { RtspSession } from './rtsp-session.ts'
import { type RtspTarget, redirected, rtspTarget } from './rtsp-target.ts'

/**
 * Cameras over RTSP 1.0 (RFC 2326), and over TLS (`rtsps://`): H.264, H.265 and JPEG over RTP, which comes over the same
 * connection, or over UDP where the camera refuses that.
 */
export const openRtsp: OpenInput = (settings, parts) => {
  const { url, user, password } = settings
  const credentials = user === undefined ? undefined : { user, password: password ?? '' }
  const target = rtspTarget(url, credentials)
  if (target.isTls && settings.transport === 'udp')
    throw new CameraFailure(
      'unsupported',
      'The video of rtsps:// comes over TCP only: set the transport of this camera to TCP.',
      Number.POSITIVE_INFINITY,
    )
  return new RtspInput(target, settings, parts)
}

class RtspInput implements CameraInput {
  readonly #target: RtspTarget
  readonly #settings: CameraSettings
  readonly #parts: InputParts

  constructor(target: RtspTarget, settings: CameraSettings, parts: InputParts) {
    this.#target = target
    this.#settings = settings
    this.#parts = parts
  }

  async pull(listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { certificate, transport } = this.#settings
    let target = this.#target
    for (let redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
      const session = new RtspSession({ target, certificate, transport, inputs: this.#parts, listener }, signal)
      try {
        await session.run()
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof Redirection)) throw readFailure(error)
        target = redirected(target, error.location)
      }
    }
    throw new CameraFailure('protocol', 'The camera redirects again and again: check its address.')
  }
}

const MOST_REDIRECTIONS = 5
