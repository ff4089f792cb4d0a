import type { Config } from '../../config/all-settings.ts'
import { ConfigError } from '../../config/config-error.ts'
import { type AddressPolicy, ANY_ADDRESS, addressPolicy } from '../../core/address-policy.ts'
import type { CameraPuller } from '../../core/camera-puller.ts'
import { messageOf } from '../../core/errors.ts'
import { cameraDialler } from '../../sources/cameras/camera-dialler.ts'
import type { InputLimits, InputParts } from '../../sources/cameras/camera-input.ts'
import { type CameraParts, startCamera } from '../../sources/cameras/camera-source.ts'
import { ffmpegDecoders } from '../../sources/cameras/ffmpeg/ffmpeg-decoder.ts'
import { LocalFfmpeg } from '../../sources/cameras/ffmpeg/local-ffmpeg.ts'
import { NameLookups } from '../../sources/cameras/name-lookups.ts'
import { openCameraInput } from '../../sources/cameras/open-input.ts'
import { takeTestPicture } from '../../sources/cameras/test-picture.ts'
import type { House } from '../feature.ts'

/** Pulls cameras: puts their inputs and decoders together. @throws ConfigError when a network in the settings is none */
export function cameraPuller({
  config,
  clock,
  log,
  supervisor,
}: Pick<House, 'config' | 'clock' | 'log' | 'supervisor'>): CameraPuller {
  const { cameras } = config
  const ffmpeg = new LocalFfmpeg({ clock, name: cameras.ffmpeg, startsAtOnce: cameras.starts_at_once })
  const limits = inputLimits(config)
  const lookups = new NameLookups()
  const partsFor = (policy: AddressPolicy): InputParts => {
    const dialler = cameraDialler({ policy, lookups, clock, timeout: limits.connectTimeout })
    return { clock, dialler, ffmpeg, limits }
  }
  // What the operator has written down may be anywhere.
  const forConfigured = partsFor(ANY_ADDRESS)
  const forOthers = partsFor(policyOf(config))
  const parts: CameraParts = {
    supervisor,
    clock,
    log,
    openInput: (settings, origin) =>
      openCameraInput(settings, origin, origin === 'configuration' ? forConfigured : forOthers),
    openDecoder: ffmpegDecoders({
      program: ffmpeg,
      clock,
      limits,
      quality: config.renditions.jpeg_quality,
      pictureTimeout: PICTURE_TIMEOUT_MS,
    }),
    rules: {
      closeAfter: cameras.close_after_s * 1000,
      // Connecting, and then a key frame.
      startTimeout: limits.connectTimeout + cameras.ring_s * 1000,
      yieldsFor: config.streams.offline_after_s * 1000,
      ring: { bytes: cameras.ring_bytes, duration: cameras.ring_s * 1000 },
      maxPixels: limits.maxPixels,
    },
  }
  return {
    start: (settings, origin) => startCamera(parts, settings, origin),
    test: (settings, origin, signal) => takeTestPicture({ ...parts, ...parts.rules }, settings, origin, signal),
    ffmpeg: () =>
      ffmpeg.find().then(
        ({ version }) => ({ version, problem: undefined }),
        (error: unknown) => ({ version: undefined, problem: messageOf(error) }),
      ),
  }
}

/** How long FFmpeg may take for a picture that is due, ms. */
const PICTURE_TIMEOUT_MS = 5000

function inputLimits({ cameras, frames }: Config): InputLimits {
  return {
    connectTimeout: cameras.connect_timeout_s * 1000,
    silenceTimeout: cameras.silence_timeout_s * 1000,
    packetBytes: cameras.packet_bytes,
    maxPixels: frames.max_megapixels * 1e6,
    processBytes: cameras.process_bytes,
  }
}

function policyOf({ cameras }: Config): AddressPolicy {
  try {
    return addressPolicy(cameras.addresses)
  } catch (error) {
    throw new ConfigError([messageOf(error)])
  }
}
