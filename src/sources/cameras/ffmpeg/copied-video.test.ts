import { expect, it } from 'vitest'
import { RecordingListener } from '../../../../test/support/camera-listener.ts'
import { ManualClock, START } from '../../../../test/support/manual-clock.ts'
import { CopiedVideo } from './copied-video.ts'

function copying(codec: string, configuration: readonly number[] = []) {
  const listener = new RecordingListener()
  const video = new CopiedVideo(listener, new ManualClock(), 1e6)
  const fourcc = new TextEncoder().encode(codec)
  const begin = (width = 640, height = 360) =>
    video.video({ id: 0, fourcc, configuration: Uint8Array.from(configuration), width, height })
  const frame = (bytes: readonly number[], isKey = true) =>
    video.frame({ stream: 0, bytes: Uint8Array.from(bytes), isKey, pts: 0, dts: 0 })
  return { listener, begin, frame }
}

it('packets are passed on with the time of their arrival', () => {
  const { listener, begin, frame } = copying('avc1')
  begin()
  frame([0, 0, 1, 0x65, 1])
  expect(listener.tracks).toEqual([
    { codec: 'h264', configuration: new Uint8Array(), size: { width: 640, height: 360 } },
  ])
  expect(listener.packets[0]).toMatchObject({ isKey: true, pts: 0, dts: 0, arrivedAt: START })
})

it('it is a new track when a key frame has other parameters, not when it repeats or leaves them out', () => {
  const { listener, begin, frame } = copying('H264', [0, 0, 1, 0x67, 1])
  begin()
  for (const bytes of [
    [0, 0, 1, 0x67, 1, 0, 0, 1, 0x65],
    [0, 0, 1, 0x65, 3],
    [0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 9],
  ])
    frame(bytes)
  expect(listener.tracks).toHaveLength(1)
  frame([0, 0, 1, 0x67, 2, 0, 0, 1, 0x65])
  expect(listener.tracks.slice(1)).toEqual([{ codec: 'h264', configuration: new Uint8Array(), size: undefined }])
})

it('packets with length prefixes have their parameters in the configuration, and are not looked into', () => {
  const { listener, begin, frame } = copying('avc1', [1, 100])
  begin()
  frame([0, 0, 1, 0x67, 1])
  frame([0, 0, 1, 0x67, 2])
  expect(listener.tracks).toHaveLength(1)
})

it('a codec that is not decoded here, and pictures that are too large, are refused in words', () => {
  expect(copying('VP6F').begin).toThrow('Its video ("VP6F") cannot be decoded here; set the camera to H.264 or H.265.')
  expect(() => copying('HEVC').begin(2000, 1000)).toThrow('Its pictures have 2000 × 1000 pixels')
  const { begin, frame } = copying('MJPG')
  begin()
  const jpeg = (height: number) => [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, height, 0, 4, 0, 3]
  frame(jpeg(1))
  expect(() => frame(jpeg(16))).toThrow('Its pictures have 1024 × 4096 pixels')
})
