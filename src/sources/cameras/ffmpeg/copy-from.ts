import { once } from 'node:events'
import type { CameraListener, InputParts } from '../camera-input.ts'
import { copyVideo } from './copy-run.ts'
import type { FfmpegProcess } from './ffmpeg-process.ts'

/** `real-time`: as fast as its times say; for video that comes in large pieces. `as-it-comes`: at once. */
type Pace = 'real-time' | 'as-it-comes'

/** How FFmpeg calls MPEG-TS, and MP4 whose header comes first (fragmented). */
export type PipedFormat = 'mpegts' | 'mov'

/**
 * Takes the video out of a container whose bytes are read from somewhere, with an `ffmpeg` that has no network: the bytes are
 * asked for as fast as it reads them. Settles once the process is gone: the bytes have ended, or the signal is aborted.
 * @throws CameraFailure as `CameraInput.pull`; what the reader of the bytes throws
 */
export type CopyFrom = (
  bytes: AsyncIterable<Uint8Array>,
  format: PipedFormat,
  pace: Pace,
  listener: CameraListener,
  signal: AbortSignal,
) => Promise<void>

/** Makes one. */
export function copierOf(parts: InputParts): CopyFrom {
  return async (bytes, format, pace, listener, signal) => {
    const input = [
      ...(pace === 'real-time' ? ['-re'] : []),
      ...KNOWN_SOON,
      ...['-protocol_whitelist', 'pipe', '-f', format, '-i', 'pipe:0'],
    ]
    const { connectTimeout, silenceTimeout } = parts.limits
    const startTimeout = connectTimeout + silenceTimeout
    const feed = (process: FfmpegProcess, stopped: AbortSignal) => feedFrom(bytes, process, stopped)
    await copyVideo({ input, secrets: [], startTimeout, feed }, parts, listener, signal)
  }
}

/**
 * It needs not to be known how often frames come. MPEG-TS may always get another stream, so 5 s of it would be read before the
 * first picture, and all would be as much late.
 */
const KNOWN_SOON = ['-fpsprobesize', '0', '-analyzeduration', '500000'] as const

/** Until the bytes or the process end; bytes that do not come are not waited for then. */
async function feedFrom(
  bytes: AsyncIterable<Uint8Array>,
  { stdin }: FfmpegProcess,
  signal: AbortSignal,
): Promise<void> {
  const stopped = Promise.withResolvers<undefined>()
  const stop = () => stopped.resolve(undefined)
  signal.addEventListener('abort', stop, { once: true })
  const reader = bytes[Symbol.asyncIterator]()
  try {
    while (!signal.aborted && !stdin.destroyed) {
      const next = await Promise.race([reader.next(), stopped.promise])
      if (next === undefined) return
      if (next.done) {
        stdin.end()
        return
      }
      if (!stdin.write(next.value))
        await Promise.race([once(stdin, 'drain', { signal }).catch(() => {}), stopped.promise])
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // It may be waiting for bytes, and ends after them.
    void reader.return?.().catch(() => {})
  }
}
