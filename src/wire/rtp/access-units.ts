import { concatBytes } from '../../core/concat-bytes.ts'
import type { DepacketiserParts, RtpTrack } from './depacketiser.ts'
import type { NalFormat, NalRole } from './nal-format.ts'
import { ParameterSets, START_CODE } from './parameter-sets.ts'
import { RtpError } from './rtp-error.ts'

/**
 * Puts pictures together of NAL units, and gives those that can be decoded: from a key frame on, and after a loss from the
 * next one on. The parameter sets are taken out and put before each key frame, so that decoding can begin with any.
 */
export class AccessUnits {
  readonly #format: NalFormat
  readonly #parts: DepacketiserParts
  readonly #sets = new ParameterSets()
  /** What has come of the picture; the memory is used again for the next one. */
  #buffer = new Uint8Array(FIRST_BYTES)
  #length = 0
  /** Where the NAL unit begins that is being put together, behind its start code; undefined between two. */
  #nalAt: number | undefined
  #timestamp: number | undefined
  #roles = new Set<NalRole>()
  /** Whether parameter sets came with this picture, and whether one of them is another one than before. */
  #hasSequence = false
  #hasChangedSets = false
  #isDamaged = false
  #waitsForKey = true
  /** Begun with an open key frame: what is shown before that cannot be decoded. */
  #skipsLeading = false
  #track: RtpTrack | undefined

  /** @param sets parameter sets that are known before any has come, as NAL units */
  constructor(format: NalFormat, sets: readonly Uint8Array[], parts: DepacketiserParts) {
    this.#format = format
    this.#parts = parts
    for (const nal of sets) if (nal.length > 0) this.#takeSet(nal)
  }

  /**
   * What follows has this time stamp: the picture before has ended if that was another one.
   * @param lost how many packets are missing before it
   */
  at(timestamp: number, lost: number): void {
    if (lost > 0) this.#lost()
    if (timestamp !== this.#timestamp) this.#end()
    // What is missing may also be the beginning of this one.
    if (lost > 0) this.#isDamaged = true
    this.#timestamp = timestamp
  }

  /** The last packet of a picture has come. Some cameras say so of parameter sets that belong to the next one. */
  marked(): void {
    if (this.#hasSlices) this.#end()
  }

  /** A whole NAL unit. */
  nal(bytes: Uint8Array): void {
    this.begin(bytes)
    this.finish()
  }

  /** The first part of a NAL unit. */
  begin(bytes: Uint8Array): void {
    this.#abandonNal()
    this.#append(START_CODE)
    this.#nalAt = this.#length
    this.#append(bytes)
  }

  /** Another part. @returns whether there was a first one */
  more(bytes: Uint8Array): boolean {
    if (this.#nalAt === undefined) return false
    this.#append(bytes)
    return true
  }

  /** That was all of a NAL unit. */
  finish(): void {
    if (this.#nalAt === undefined) return
    const nal = this.#buffer.subarray(this.#nalAt, this.#length)
    const role = nal.length === 0 || this.#takeSet(nal) ? 'drop' : this.#roleOf(nal)
    if (role === 'drop') {
      this.#abandonNal()
      return
    }
    // The first slice of a picture has come: nothing of it is missing.
    if (SLICES.has(role) && !this.#hasSlices && this.#isFirstSlice(nal)) this.#isDamaged = false
    this.#roles.add(role)
    this.#nalAt = undefined
  }

  #roleOf(nal: Uint8Array): NalRole {
    return this.#format.roleOf(this.#format.typeOf(nal[0] ?? 0), nal)
  }

  /** Both codecs say so in the first bit behind the header (of H.264: first_mb_in_slice is 0). */
  #isFirstSlice(nal: Uint8Array): boolean {
    return ((nal[this.#format.headerBytes] ?? 0) & 0x80) !== 0
  }

  get #hasSlices(): boolean {
    return [...this.#roles].some((role) => SLICES.has(role))
  }

  #lost(): void {
    this.#abandonNal()
    this.#isDamaged = true
    this.#waitsForKey = true
  }

  /** @returns false if it is no parameter set */
  #takeSet(nal: Uint8Array): boolean {
    const { sets, sequenceSet, typeOf, setId } = this.#format
    const type = typeOf(nal[0] ?? 0)
    if (!sets.includes(type)) return false
    if (type === sequenceSet) this.#hasSequence = true
    const id = setId(type, nal)
    if (id === undefined || !this.#sets.take(type, id, nal)) return true
    this.#hasChangedSets = true
    if (type === sequenceSet) this.#track = undefined
    return true
  }

  #end(): void {
    this.#abandonNal()
    const isLost = this.#isDamaged && this.#timestamp !== undefined
    if (this.#roles.size > 0 || isLost) this.#give()
    this.#length = 0
    this.#roles = new Set()
    this.#hasSequence = this.#hasChangedSets = this.#isDamaged = false
    this.#timestamp = undefined
  }

  #give(): void {
    const isOpen = this.#has('open-key')
    const isIntra = this.#has('intra') && !this.#has('slice')
    const isKey = isOpen || this.#has('key') || this.#has('recovery') || (isIntra && this.#hasSequence)
    const isLeading = this.#has('leading') && this.#skipsLeading
    const track = this.#currentTrack()
    if (this.#isDamaged || isLeading || !track || this.#timestamp === undefined || (this.#waitsForKey && !isKey)) {
      this.#parts.dropped()
      return
    }
    if (isKey) this.#skipsLeading = isOpen && this.#waitsForKey
    this.#waitsForKey = false
    const picture = this.#buffer.slice(0, this.#length)
    const bytes = isKey || this.#hasChangedSets ? concatBytes([this.#sets.annexB(), picture]) : picture
    this.#parts.unit({ bytes, isKey, timestamp: this.#timestamp, track })
  }

  /** Undefined as long as parameter sets are missing. */
  #currentTrack(): RtpTrack | undefined {
    const { codec, sets, sequenceSet, readSequence } = this.#format
    if (!sets.every((type) => this.#sets.has(type))) return undefined
    if (this.#track) return this.#track
    const sequence = this.#sets
      .all(sequenceSet)
      .map(readSequence)
      .find((each) => each !== undefined)
    this.#track = {
      codec,
      size: sequence?.size,
      configuration: this.#sets.annexB(),
      reordered: sequence?.reordered,
    }
    return this.#track
  }

  #has(role: NalRole): boolean {
    return this.#roles.has(role)
  }

  /** Drops the NAL unit that is being put together. */
  #abandonNal(): void {
    if (this.#nalAt === undefined) return
    this.#length = this.#nalAt - START_CODE.length
    this.#nalAt = undefined
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length
    if (needed > this.#parts.maxBytes)
      throw new RtpError(
        'too-large',
        `The camera sends a picture of more than ${this.#parts.maxBytes} bytes; set a smaller picture or a lower quality at the camera.`,
      )
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#parts.maxBytes, Math.max(needed, this.#buffer.length * 2)))
      larger.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#length)
    this.#length = needed
  }
}

const SLICES: ReadonlySet<NalRole> = new Set<NalRole>(['slice', 'intra', 'key', 'open-key', 'leading'])
const FIRST_BYTES = 65_536
