import { Refusal } from '../../core/errors.ts'
import { isJsonObject } from '../json.ts'
import { frigateProducers } from './frigate.ts'
import { type ImportedAddress, Producers, type Streams, textsOf } from './producer.ts'

/** A camera in the configuration of another program. */
export interface ImportedCamera extends ImportedAddress {
  /** Its name there. */
  readonly name: string
}

/** What is in the configuration of another program. */
export interface CameraImport {
  readonly format: 'go2rtc' | 'frigate'
  readonly cameras: readonly ImportedCamera[]
}

/** The most cameras of one configuration. */
const MAX_IMPORTED = 1000

/**
 * Reads the cameras in a configuration of go2rtc (`streams`) or Frigate (`cameras`, with the `go2rtc` that is within it), or
 * only the list of streams out of one.
 * @param document the parsed YAML or JSON
 * @throws Refusal `invalid` when it is neither; `too_large`
 */
export function readCameraImport(document: unknown): CameraImport {
  if (!isJsonObject(document)) throw unknownFormat()
  const { go2rtc } = document
  const inner = isJsonObject(go2rtc) ? streamsOf(go2rtc.streams) : undefined
  const frigate = isJsonObject(document.cameras) ? Object.entries(document.cameras) : []
  if (frigate.some(([, camera]) => isJsonObject(camera) && camera.ffmpeg !== undefined))
    return {
      format: 'frigate',
      cameras: chosen(
        frigate.map(([name, camera]) => [name, frigateProducers(camera)]),
        inner ?? new Map(),
      ),
    }
  const streams = streamsOf(document.streams) ?? inner ?? bareStreams(document)
  if (!streams) throw unknownFormat()
  return { format: 'go2rtc', cameras: chosen([...streams], streams) }
}

function streamsOf(value: unknown): Streams | undefined {
  if (!isJsonObject(value)) return undefined
  return new Map(Object.entries(value).map(([name, producers]) => [name, textsOf(producers)]))
}

/** A list of streams without what is around it: nothing but names and addresses. */
function bareStreams(document: Readonly<Record<string, unknown>>): Streams | undefined {
  const streams = streamsOf(document)
  const isList =
    streams && streams.size > 0 && [...streams.values()].every((texts) => texts.some((text) => /^\w+:/.test(text)))
  return isList ? streams : undefined
}

function chosen(cameras: readonly (readonly [string, readonly string[]])[], streams: Streams): ImportedCamera[] {
  if (cameras.length > MAX_IMPORTED)
    throw new Refusal('too_large', `text: at most ${MAX_IMPORTED} cameras, these are ${cameras.length}`)
  const producers = new Producers(streams)
  return cameras.map(([name, addresses]) => ({ name, ...producers.choose(addresses) }))
}

function unknownFormat(): Refusal {
  return new Refusal(
    'invalid',
    'text: is no configuration of go2rtc (with "streams:") or Frigate (with "cameras:"), nor a list of streams ("name: rtsp://…")',
  )
}
