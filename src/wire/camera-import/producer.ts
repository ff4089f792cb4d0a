import type { CameraSettings } from '../../core/camera.ts'
import { readCameraUrl } from '../../core/camera-url.ts'
import { messageOf } from '../../core/errors.ts'
import { isJsonObject } from '../json.ts'

/** The address of a camera in the configuration of another program, or why it cannot be taken over. */
export interface ImportedAddress {
  /** With user and password as they were written; as it was found where `reason` is given. */
  readonly url: string
  readonly certificate: CameraSettings['certificate']
  /** Why it cannot be taken over, as a sentence; undefined if it can. */
  readonly reason: string | undefined
}

/** The streams of go2rtc by name, each with its producers: addresses of which go2rtc takes the first that works. */
export type Streams = ReadonlyMap<string, readonly string[]>

/** How many producers of one stream are looked at. */
const MAX_PRODUCERS = 20

/** What go2rtc puts behind an address (https://github.com/AlexxIT/go2rtc#module-streams). */
const OPTION =
  '#(?:video|audio|backchannel|transport|timeout|media|gain|hardware|input|rotate|width|height|raw|query|format|async|killsignal|killtimeout|starttimeout|drawtext|template|name)(?:=[^#]*)?'
const OPTIONS = new RegExp(`(?:${OPTION})+$`, 'i')
/** Those that make something else of the video than what the camera sends, in a way that is not known here. */
const CHANGING = /#(?:raw|input|rotate|template|drawtext)=/i

/** Where go2rtc gives its streams to programs of the same machine, such as Frigate. */
const RESTREAM = /^rtsp:\/\/(?:[^/@]*@)?(?:localhost|127\.0\.0\.1|\[::1\]|go2rtc|frigate):8554\/([^?#]+)/i

const HOLE = /\$\{[^}]*\}|\{FRIGATE_[^}]*\}|\{\{[^}]*\}\}/

/** Finds the address of a camera behind the streams of go2rtc, some of which lead to others. */
export class Producers {
  readonly #streams: Streams
  /** What was found of the streams that were looked at; undefined while one is. */
  readonly #found = new Map<string, ImportedAddress | undefined>()

  constructor(streams: Streams) {
    this.#streams = streams
  }

  /** The first address that can be pulled here; if there is none, the first one and why it cannot. */
  choose(producers: readonly string[]): ImportedAddress {
    const found = producers.slice(0, MAX_PRODUCERS).map((text) => this.#read(text.trim()))
    return found.find(({ reason }) => reason === undefined) ?? found[0] ?? refused('', 'It has no address.')
  }

  #read(text: string): ImportedAddress {
    const options = OPTIONS.exec(text)?.[0] ?? ''
    const plain = text.slice(0, text.length - options.length)
    const [, inner] = /^ffmpeg:(.*)$/i.exec(plain) ?? []
    if (inner !== undefined && CHANGING.test(options))
      return refused(text, 'FFmpeg makes something else of it there; add the address of the camera itself.')
    const address = inner ?? plain
    const name = RESTREAM.exec(address)?.[1] ?? (inner !== undefined && this.#streams.has(inner) ? inner : undefined)
    return name === undefined ? readAddress(text, address) : this.#restream(text, name)
  }

  /** The address that a restream comes from. */
  #restream(text: string, given: string): ImportedAddress {
    const name = this.#streams.has(given) ? given : decoded(given)
    const producers = this.#streams.get(name)
    if (!producers)
      return refused(text, `It is the stream "${name}" of go2rtc, which is not in this text; add the camera itself.`)
    if (!this.#found.has(name)) {
      this.#found.set(name, undefined)
      this.#found.set(name, this.choose(producers))
    }
    return this.#found.get(name) ?? refused(text, 'The streams lead in a circle.')
  }
}

/** The texts of what may be one, a list of them, or an object with a `url`. */
export function textsOf(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_PRODUCERS) : [value]
  return all.flatMap((each) => {
    const text = isJsonObject(each) ? each.url : each
    return typeof text === 'string' ? [text] : []
  })
}

function readAddress(text: string, address: string): ImportedAddress {
  const hole = HOLE.exec(address)?.[0]
  if (hole !== undefined)
    return refused(text, `It has ${hole} in it, which that program reads from elsewhere; write it out in the text.`)
  // UniFi Protect, without a check of its certificate.
  const isUnchecked = /^(?:rtsp|http)x:\/\//i.test(address)
  const url = isUnchecked ? address.replace(/^(rtsp|http)x:/i, '$1s:') : address
  try {
    readCameraUrl(url, 'anybody')
    return { url, certificate: isUnchecked ? 'any' : 'verified', reason: undefined }
  } catch (error) {
    return refused(text, `${messageOf(error).replace(/^url: /, '')}.`)
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function refused(url: string, reason: string): ImportedAddress {
  return { url, certificate: 'verified', reason: reason.charAt(0).toUpperCase() + reason.slice(1) }
}
