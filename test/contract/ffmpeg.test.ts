import jpegTurbo from '@julusian/jpeg-turbo'
import { describe, expect, it, onTestFinished } from 'vitest'
import { concatBytes } from '../../src/core/concat-bytes.ts'
import type { VideoPacket, VideoTrack } from '../../src/core/video.ts'
import type { DecodedPicture, DecoderOptions } from '../../src/sources/cameras/camera-decoding.ts'
import { type FfmpegDecoderParts, ffmpegDecoders } from '../../src/sources/cameras/ffmpeg/ffmpeg-decoder.ts'
import { LocalFfmpeg } from '../../src/sources/cameras/ffmpeg/local-ffmpeg.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { codecTag } from '../../src/wire/nut/codec-tags.ts'
import { encodeNutFrameHead, encodeNutHeaders } from '../../src/wire/nut/nut-writer.ts'
import { FFMPEG, ffmpeg, H264, packetsOf, testSource } from '../support/ffmpeg-clip.ts'
import { until } from '../support/until.ts'

const program = new LocalFfmpeg({ clock: systemClock, name: FFMPEG, startsAtOnce: 4 })
const LIMITS = { packetBytes: 10_000_000, maxPixels: 10_000_000, processBytes: 500_000_000 }

describe('the real FFmpeg', () => {
  it.each([
    ['H.264 with B-frames', [...testSource('160x90', 1), ...H264], 'h264'],
    ['MJPEG', [...testSource('160x90', 1, 5), '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'], 'mjpeg'],
    ['MPEG-2', [...testSource('160x90', 1), '-c:v', 'mpeg2video'], 'mpeg2'],
  ])('writes NUT that we read, and reads what we write of it, to the bit: %s', (_name, args, codec) => {
    const written = ffmpeg([...args, '-f', 'nut', 'pipe:1'])
    const { track, packets } = packetsOf(written)
    expect([track.codec, track.size]).toEqual([codec, { width: 160, height: 90 }])
    for (const [i, { pts, dts }] of packets.entries()) {
      expect(dts).toBeLessThanOrEqual(pts)
      expect(dts).toBeGreaterThanOrEqual(packets[i - 1]?.dts ?? dts)
    }
    const hashes = (nut: Uint8Array) =>
      ffmpeg(['-f', 'nut', '-i', 'pipe:0', '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'framemd5', 'pipe:1'], nut)
        .toString()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split(',').at(-1)?.trim())
    expect(hashes(nutOf(track, packets))).toEqual(hashes(written))
  })
})

/** Written by us. */
function nutOf({ codec, configuration, size }: VideoTrack, packets: readonly VideoPacket[]): Uint8Array {
  const { width, height } = size ?? { width: 1, height: 1 }
  return concatBytes([
    encodeNutHeaders({ fourcc: codecTag(codec), configuration, width, height }),
    ...packets.flatMap(({ bytes, isKey, pts }) => [encodeNutFrameHead({ length: bytes.length, isKey, pts }), bytes]),
  ])
}

/** A decoder of this video, and its pictures. */
function decoding(
  video: { readonly track: VideoTrack; readonly packets: readonly VideoPacket[] },
  options: Partial<DecoderOptions> = {},
  parts: Partial<FfmpegDecoderParts> = {},
) {
  const pictures: DecodedPicture[] = []
  const open = ffmpegDecoders({
    ...{ limits: LIMITS, quality: 90, pictureTimeout: 5000, program, clock: systemClock },
    ...parts,
  })
  const decoder = open({
    ...{ track: video.track, from: video.packets, since: Number.NEGATIVE_INFINITY, width: undefined, rate: undefined },
    onPicture: (picture) => pictures.push(picture),
    ...options,
  })
  onTestFinished(() => decoder.close())
  return { decoder, pictures }
}

/** Parameter sets in the packets, as cameras have them. */
const IN_PACKETS = ['-bsf:v', 'dump_extra']

/** Two seconds of it. */
const withBFrames = once(() => clip([...testSource(), ...H264]))

const clip = (args: readonly string[]) => packetsOf(ffmpeg([...args, '-f', 'nut', 'pipe:1']))

describe('the decoder', () => {
  it('gives each picture of a video with B-frames at its time, as soon as it can be shown', async () => {
    const video = withBFrames()
    const { pictures } = decoding(video)
    const expected = video.packets.map(({ pts }) => pts).sort((a, b) => a - b)
    // The last ones wait for what might still be shown before them.
    await until(() => pictures.length >= expected.length - 3, 'the pictures')
    expect(pictures.map(({ pts }) => pts)).toEqual(expected.slice(0, pictures.length))
    expect(pictures[0]?.size).toEqual({ width: 160, height: 90 })
  })

  it('gives so many a second, so wide, from a time on', async () => {
    const video = withBFrames()
    const since = video.packets[25]?.pts ?? 0
    const { pictures, decoder } = decoding(video, { rate: 5, width: 100, since })
    await until(() => pictures.length === 5, 'the pictures')
    expect(pictures.map(({ pts }) => pts - since)).toEqual([0, 160_000, 360_000, 560_000, 760_000])
    expect(pictures[0]?.size).toEqual({ width: 100, height: 56 })
    await decoder.close()
  })

  it('gives a picture for each packet at once, without waiting for the next one', async () => {
    const video = clip([...testSource('160x90', 1), '-c:v', 'libx264', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'])
    const { decoder, pictures } = decoding({ ...video, packets: [] })
    for (const [i, packet] of video.packets.entries()) {
      expect(decoder.feed(packet)).toBe(true)
      await until(() => pictures.length === i + 1, `picture ${i}`)
    }
  })

  it.each([
    ['bt709', [200, 30, 40]],
    ['bt601', [32, 96, 160]],
  ])('keeps colours, whichever way the video has them (%s)', async (matrix, colour) => {
    const primaries = matrix === 'bt601' ? 'smpte170m' : matrix
    const hex = colour.map((part) => part.toString(16).padStart(2, '0')).join('')
    const video = clip([
      ...['-f', 'lavfi', '-i', `color=0x${hex}:size=64x64:rate=5:duration=1,format=rgb24`],
      ...[
        '-vf',
        `scale=out_color_matrix=${matrix}:out_range=tv`,
        '-colorspace',
        primaries,
        '-color_range',
        'tv',
        ...H264,
      ],
    ])
    const { pictures } = decoding(video)
    await until(() => pictures.length > 0, 'a picture')
    const { data } = jpegTurbo.decompressSync(Buffer.from(pictures[0]?.bytes ?? []), { format: jpegTurbo.FORMAT_RGB })
    for (const [i, part] of colour.entries()) expect(Math.abs((data[i] ?? 0) - part)).toBeLessThan(6)
  })

  it('goes on where the size changes within the video', async () => {
    const small = clip([...testSource('160x90', 1), ...H264, ...IN_PACKETS])
    const large = clip([...testSource('320x180', 1), ...H264, ...IN_PACKETS])
    const later = large.packets.map((packet) => ({ ...packet, pts: packet.pts + 1_000_000 }))
    const configuration = new Uint8Array()
    const { pictures } = decoding({ track: { ...small.track, configuration }, packets: [...small.packets, ...later] })
    await until(() => pictures.some(({ pts }) => pts > (small.packets.at(-1)?.pts ?? 0) + 500_000), 'later pictures')
    expect(new Set(pictures.map(({ size }) => size.width))).toEqual(new Set([160]))
  })

  it('refuses pictures with too many pixels, in words', async () => {
    const video = clip([...testSource('640x360', 1), ...H264])
    const { decoder } = decoding(video, {}, { limits: { ...LIMITS, maxPixels: 100_000 } })
    await expect(decoder.ended).rejects.toMatchObject({ problem: 'too-large', message: /more pixels than are allowed/ })
  })

  it('has failed when nothing can be decoded', async () => {
    const video = withBFrames()
    const packets = video.packets.map((packet) => ({
      ...packet,
      bytes: packet.bytes.map((_byte, i) => (i * 7) % 256),
    }))
    // FFmpeg has to have begun by then.
    let pictureTimeout = 250
    await until(async () => {
      pictureTimeout *= 2
      const { decoder, pictures } = decoding({ ...video, packets }, {}, { pictureTimeout })
      await expect(decoder.ended).rejects.toMatchObject({
        problem: 'codec',
        message: expect.stringContaining('Its video (h264) cannot be decoded.'),
      })
      return pictures.length === 0
    }, 'the failure')
  })
})

/** What is made when it is needed, once. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
