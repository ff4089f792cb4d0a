import { expect, it } from 'vitest'
import { FakeDecoder } from '../../../test/support/fake-decoder.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { jpeg } from '../../../test/support/pictures.ts'
import { TRACK, videoPacket } from '../../../test/support/video.ts'
import type { CameraSettings } from '../../core/camera.ts'
import { CameraFailure, type CameraListener } from './camera-input.ts'
import { takeTestPicture } from './test-picture.ts'

const SETTINGS: CameraSettings = {
  stream: { label: 'site', key: 'door' },
  url: 'rtsp://camera/',
  runs: 'off',
  certificate: 'verified',
  transport: 'auto',
}

/** Tries a camera that does what `act` does, and is aborted in the end. */
function tryOut(act: (listener: CameraListener) => void) {
  const clock = new ManualClock()
  const decoders: FakeDecoder[] = []
  let wasLeft = false
  const taken = takeTestPicture(
    {
      clock,
      openInput: () => ({
        pull: (listener, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              wasLeft = true
              resolve()
            })
            act(listener)
          }),
      }),
      openDecoder: (options) => {
        const decoder = new FakeDecoder(options)
        decoders.push(decoder)
        return decoder
      },
      ring: { bytes: 1e6, duration: 10_000 },
      maxPixels: 1e7,
    },
    SETTINGS,
    'added',
    new AbortController().signal,
  )
  return { taken, clock, decoders, wasLeft: () => wasLeft }
}

it('gives the first picture of a video, small, and leaves', async () => {
  const { taken, clock, decoders, wasLeft } = tryOut((listener) => {
    listener.track(TRACK)
    listener.packet(videoPacket({ pts: 1, isKey: true, arrivedAt: 1e12, capturedAt: 1e12 - 50 }))
  })
  clock.advance(300)
  decoders[0]?.give(1)
  expect(await taken).toMatchObject({ size: TRACK.size, codec: 'h264', tookMs: 300, clock: 'camera' })
  expect(decoders[0]?.options.width).toBe(640)
  expect(decoders[0]?.isClosed).toBe(true)
  expect(wasLeft()).toBe(true)
})

it('gives the first picture of a camera of single pictures as it is', async () => {
  const { taken } = tryOut((listener) => listener.picture({ bytes: jpeg(320, 240), arrivedAt: 0 }))
  expect(await taken).toMatchObject({ size: { width: 320, height: 240 }, codec: 'mjpeg', clock: 'arrival' })
})

it('says why there is none', async () => {
  await expect(
    tryOut((listener) => listener.picture({ bytes: new Uint8Array(4), arrivedAt: 0 })).taken,
  ).rejects.toThrow(/cannot be shown/)
  const { taken, decoders } = tryOut((listener) => {
    listener.track(TRACK)
    listener.packet(videoPacket({ pts: 1, isKey: true }))
  })
  decoders[0]?.fail(new CameraFailure('codec', 'It cannot be decoded.'))
  await expect(taken).rejects.toThrow('It cannot be decoded.')
})
