import type { CameraOrigin, CameraSettings } from '../../core/camera.ts'
import type { Clock } from '../../core/clock.ts'
import type { Size } from '../../core/payload.ts'
import type { VideoCodec } from '../../core/video.ts'
import { readPicture } from '../../wire/picture.ts'
import { CameraClock } from './camera-clock.ts'
import { CameraDecoding, type OpenDecoder } from './camera-decoding.ts'
import { CameraFailure, type CameraInput } from './camera-input.ts'
import type { RingLimits } from './packet-ring.ts'

/** What a test of a camera needs. */
export interface TestParts {
  readonly clock: Clock
  readonly openInput: (settings: CameraSettings, origin: CameraOrigin) => CameraInput
  readonly openDecoder: OpenDecoder
  readonly ring: RingLimits
  readonly maxPixels: number
}

/** What a camera has shown when it was tried. */
export interface TestPicture {
  /** A JPEG; of a video at most `TEST_WIDTH` wide. */
  readonly picture: Uint8Array
  /** Of what the camera sends. */
  readonly size: Size
  readonly codec: VideoCodec
  /** How long it took, ms. */
  readonly tookMs: number
  readonly clock: 'camera' | 'arrival'
}

/** The width of the picture of a test, in pixels. */
export const TEST_WIDTH = 640

/**
 * Tries a camera: connects, takes its first picture, and leaves.
 * @param signal ends it
 * @throws CameraFailure why there is no picture; the signal's reason
 */
export async function takeTestPicture(
  { clock, openInput, openDecoder, ring, maxPixels }: TestParts,
  settings: CameraSettings,
  origin: CameraOrigin,
  signal: AbortSignal,
): Promise<TestPicture> {
  const begin = clock.monotonic()
  const cameraClock = new CameraClock(clock)
  const found = Promise.withResolvers<Omit<TestPicture, 'tookMs' | 'clock'>>()
  found.promise.catch(() => {})
  const decoding = new CameraDecoding({
    clock,
    open: openDecoder,
    limits: ring,
    onPicture: (picture, _times, { size = picture.size, codec }) =>
      found.resolve({ picture: picture.bytes, size, codec }),
    failed: found.reject,
  })
  decoding.want({ width: TEST_WIDTH, rate: undefined })
  const end = new AbortController()
  const pulling = openInput(settings, origin).pull(
    {
      track: (track) => decoding.track(track),
      packet: (packet) => {
        cameraClock.captureTime(packet)
        decoding.packet(packet)
      },
      picture: (picture) => {
        cameraClock.captureTime(picture)
        try {
          const { payload, size } = readPicture(picture.bytes, { maxPixels })
          found.resolve({ picture: payload.bytes, size, codec: 'mjpeg' })
        } catch (error) {
          found.reject(new CameraFailure('protocol', `Its picture cannot be shown: ${String(error)}.`))
        }
      },
      wantedRate: () => 1,
    },
    AbortSignal.any([signal, end.signal]),
  )
  const ended = pulling.then(() => {
    signal.throwIfAborted()
    throw new CameraFailure('no-video', 'The camera has ended the connection without a picture.')
  })
  try {
    const picture = await Promise.race([found.promise, ended])
    return { ...picture, tookMs: clock.monotonic() - begin, clock: cameraClock.source ?? 'arrival' }
  } finally {
    end.abort()
    await Promise.allSettled([ended, decoding.close()])
  }
}
