import type { CameraOrigin, CameraSettings } from '../../core/camera.ts'
import { CameraFailure, type CameraInput, type InputParts, type OpenInput } from './camera-input.ts'
import { openFfmpegInput } from './ffmpeg/ffmpeg-input.ts'
import { openHttp } from './http/open-http.ts'
import { openRtsp } from './rtsp/open-rtsp.ts'

/**
 * The input for a camera, by the scheme of its address.
 * @param origin only the configuration file may name files and devices of this machine
 * @throws CameraFailure `unsupported`; those of the inputs
 */
export function openCameraInput(settings: CameraSettings, origin: CameraOrigin, parts: InputParts): CameraInput {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(settings.url)?.[0].toLowerCase()
  const isLocal = scheme === undefined || scheme === 'file'
  const open = isLocal ? openFfmpegInput : INPUTS.get(scheme)
  if (!open || (isLocal && origin !== 'configuration'))
    throw new CameraFailure(
      'unsupported',
      `Cameras cannot be pulled from such an address; it must begin with ${[...INPUTS.keys()].join('://, ')}://.`,
      Number.POSITIVE_INFINITY,
    )
  return open(settings, parts)
}

const INPUTS: ReadonlyMap<string, OpenInput> = new Map([
  ['rtsp', openRtsp],
  ['rtsps', openRtsp],
  ['http', openHttp],
  ['https', openHttp],
  ['rtmp', openFfmpegInput],
  ['rtmps', openFfmpegInput],
  ['rtp', openFfmpegInput],
  ['srt', openFfmpegInput],
  ['udp', openFfmpegInput],
])
