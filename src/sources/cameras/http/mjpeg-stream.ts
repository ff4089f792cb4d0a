import { Refusal } from '../../../core/errors.ts'
import { MultipartReader } from '../../../wire/multipart-reader.ts'
import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import { ReadingTime } from '../reading-time.ts'
import { silence } from './http-failures.ts'
import { PictureTaker } from './picture-taker.ts'

/**
 * Reads MJPEG until it ends.
 * @throws CameraFailure always, as it is to have no end
 */
export async function readMjpeg(
  chunks: AsyncIterable<Uint8Array>,
  listener: CameraListener,
  parts: Pick<InputParts, 'clock' | 'limits'>,
): Promise<never> {
  const { clock, limits } = parts
  const taker = new PictureTaker(listener, parts)
  let pictureAt = clock.monotonic()
  const reader = new MultipartReader(limits.packetBytes, ({ bytes, headers }) => {
    pictureAt = clock.monotonic()
    taker.take(bytes, headers)
  })
  const reading = new ReadingTime(clock)
  for await (const chunk of chunks) {
    const pause = reading.spend(() => push(reader, chunk))
    if (pause > 0) await new Promise<void>((resolve) => clock.after(pause, resolve))
    if (reader.isClosed) break
    // There may be parts that are no pictures, without end.
    if (clock.monotonic() - pictureAt >= limits.silenceTimeout) throw silence(limits.silenceTimeout)
  }
  throw new CameraFailure('unreachable', 'The camera has ended the video.')
}

function push(reader: MultipartReader, chunk: Uint8Array): void {
  try {
    reader.push(chunk)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error
    throw new CameraFailure(
      code === 'too_large' ? 'too-large' : 'protocol',
      `What the camera sends as MJPEG cannot be read: ${message}.`,
    )
  }
}
