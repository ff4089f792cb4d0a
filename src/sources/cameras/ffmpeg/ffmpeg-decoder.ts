import type { Clock } from '../../../core/clock.ts'
import type { Size } from '../../../core/payload.ts'
import type { VideoPacket } from '../../../core/video.ts'
import { readImage } from '../../../wire/image-header.ts'
import { codecTag } from '../../../wire/nut/codec-tags.ts'
import { NutError } from '../../../wire/nut/nut-error.ts'
import { type NutFrame, NutReader } from '../../../wire/nut/nut-reader.ts'
import { encodeNutFrameHead, encodeNutHeaders } from '../../../wire/nut/nut-writer.ts'
import type { DecoderOptions, OpenDecoder, PictureDecoder } from '../camera-decoding.ts'
import { CameraFailure, type InputLimits } from '../camera-input.ts'
import type { FfmpegProgram } from '../ffmpeg-program.ts'
import { decoderArguments } from './decoder-arguments.ts'
import { DecoderTimes } from './decoder-times.ts'
import { ffmpegFailure, meaningOf, said } from './ffmpeg-failure.ts'
import { FfmpegProcess } from './ffmpeg-process.ts'
import { PictureWatch } from './picture-watch.ts'

/** What decoders need. */
export interface FfmpegDecoderParts {
  readonly program: FfmpegProgram
  readonly clock: Clock
  readonly limits: Pick<InputLimits, 'packetBytes' | 'maxPixels' | 'processBytes'>
  /** Of JPEGs, as of the libjpeg library: 1 to 100. */
  readonly quality: number
  /** How long FFmpeg may take for a picture that is due before it counts as hanging, ms. */
  readonly pictureTimeout: number
}

/** Decoders that are an `ffmpeg` each. */
export function ffmpegDecoders(parts: FfmpegDecoderParts): OpenDecoder {
  return (options) => new FfmpegDecoder(options, parts)
}

/** How many bytes may wait for FFmpeg to read them, besides those to begin with. */
const BACKLOG_BYTES = 4_000_000

/**
 * Decodes the packets of a video to JPEGs with an `ffmpeg`, one picture as soon as its packet is there. If the size of the
 * video changes within it, pictures keep the size of the first ones; so a change of the track is a decoder anew.
 */
class FfmpegDecoder implements PictureDecoder {
  /**
   * As of `PictureDecoder`; the CameraFailure is `ffmpeg` (missing, crashed, hangs, too large), `codec`, `too-large`, `protocol`
   * (the times of the video jump: it has to begin anew).
   */
  readonly ended: Promise<void>
  readonly #options: DecoderOptions
  readonly #parts: FfmpegDecoderParts
  readonly #times: DecoderTimes
  readonly #watch: PictureWatch
  readonly #mostWaiting: number
  readonly #end = new AbortController()
  /** Packets that have come before the process has started. */
  #early: VideoPacket[] = []
  #earlyBytes = 0
  #process: FfmpegProcess | undefined
  #failure: CameraFailure | undefined
  #isSkipping = false

  constructor(options: DecoderOptions, parts: FfmpegDecoderParts) {
    this.#options = options
    this.#parts = parts
    const { from, rate } = options
    const { clock, pictureTimeout } = parts
    this.#mostWaiting = BACKLOG_BYTES + from.reduce((bytes, packet) => bytes + packet.bytes.length, 0)
    this.#times = new DecoderTimes()
    this.#watch = new PictureWatch(clock, pictureTimeout, rate, () => this.#hangs())
    for (const packet of from) this.feed(packet)
    this.ended = this.#run().finally(() => this.#watch.stop())
    // Whoever waits for it is told.
    this.ended.catch(() => {})
  }

  feed(packet: VideoPacket): boolean {
    if (this.#end.signal.aborted) return false
    const waiting = this.#earlyBytes + (this.#process?.stdin.writableLength ?? 0)
    const isFull = waiting + packet.bytes.length > this.#mostWaiting && waiting > 0
    if (this.#isSkipping ? isFull || !packet.isKey : isFull) {
      if (isFull) this.#watch.full()
      this.#isSkipping = true
      return false
    }
    this.#isSkipping = false
    if (this.#process) this.#write(packet)
    else {
      this.#early.push(packet)
      this.#earlyBytes += packet.bytes.length
    }
    return true
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.ended.catch(() => {})
  }

  async #run(): Promise<void> {
    const { track } = this.#options
    const { program, clock, limits, quality } = this.#parts
    const { signal } = this.#end
    const args = decoderArguments({ ...this.#options, quality }, this.#since(), limits.maxPixels)
    let process: FfmpegProcess
    try {
      process = await FfmpegProcess.start(
        { program, args, clock, processBytes: limits.processBytes, secrets: [] },
        signal,
      )
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    const close = () => void process.end()
    if (signal.aborted) close()
    signal.addEventListener('abort', close)
    this.#process = process
    const { width = 16, height = 16 } = track.size ?? {}
    const { configuration } = track
    process.stdin.write(encodeNutHeaders({ fourcc: codecTag(track.codec), configuration, width, height }))
    this.#read(process)
    this.#watch.start()
    for (const packet of this.#early) this.#write(packet)
    this.#early = []
    this.#earlyBytes = 0
    const end = await process.ended
    signal.removeEventListener('abort', close)
    const isClosed = signal.aborted && !this.#failure
    this.#end.abort()
    if (!isClosed) throw this.#failure ?? ffmpegFailure(end)
  }

  /** In seconds of the NUT; the first picture's time is within it, so nothing is lost by rounding. */
  #since(): number {
    const { since, from } = this.#options
    const first = from[0]
    if (!first) return 0
    return Math.max(0, (this.#times.written(first.pts) + since - first.pts) / 1e6 - 1e-6)
  }

  #write(packet: VideoPacket): void {
    const process = this.#process
    if (!process) return
    const pts = this.#times.next(packet.pts)
    if (pts === undefined) {
      this.#fail(new CameraFailure('protocol', 'The times of its video jump back; it is decoded anew.'))
      return
    }
    const { bytes, isKey } = packet
    process.stdin.cork()
    process.stdin.write(encodeNutFrameHead({ length: bytes.length, isKey, pts }))
    process.stdin.write(bytes)
    process.stdin.uncork()
    if (packet.pts >= this.#options.since) this.#watch.fed(pts)
  }

  #read(process: FfmpegProcess): void {
    const { limits } = this.#parts
    const reader = new NutReader({ video: () => {}, frame: (frame) => this.#picture(frame) }, limits.packetBytes)
    process.stdout.on('data', (chunk: Buffer) => {
      if (this.#end.signal.aborted) return
      try {
        reader.push(chunk)
      } catch (error) {
        if (!(error instanceof NutError)) throw error
        this.#fail(new CameraFailure('ffmpeg', `What FFmpeg writes is no pictures: ${error.message}.`))
      }
    })
  }

  #picture({ bytes, pts }: NutFrame): void {
    if (this.#end.signal.aborted) return
    this.#process?.hasBegun()
    this.#watch.came(pts)
    let size: Size
    try {
      size = readImage(bytes, this.#parts.limits)
    } catch {
      this.#fail(new CameraFailure('ffmpeg', 'What FFmpeg writes is no pictures.'))
      return
    }
    const { width, height } = size
    this.#options.onPicture({ bytes, pts: this.#times.original(pts), size: { width, height } })
  }

  #hangs(): void {
    const lines = this.#process?.lines ?? []
    const meaning = meaningOf(lines)
    const { codec } = this.#options.track
    if (meaning?.problem === 'too-large' || meaning?.problem === 'codec') this.#fail(meaning)
    else if (lines.length > 0)
      this.#fail(new CameraFailure('codec', `Its video (${codec}) cannot be decoded.${said(lines)}`))
    else
      this.#fail(
        new CameraFailure('ffmpeg', 'FFmpeg gives no pictures any more, though it gets video; it is started anew.'),
      )
  }

  #fail(failure: CameraFailure): void {
    this.#failure ??= failure
    this.#end.abort()
  }
}
