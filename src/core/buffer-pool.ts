/**
 * Memory for large values that is used again once nobody has any view of it. Bodies of megabytes, many a second, make the
 * garbage collector run again and again if each is new memory, and the kernel clear its pages: passing 2.4 MB on 25 times a
 * second took more than twice the CPU time.
 *
 * Nobody has to give anything back, and nothing is used again too early: each time memory is taken it is viewed through
 * another `SharedArrayBuffer` object, and when the collector finds that one unreachable no view is left. (Views keep it
 * alive, and so does whatever is being written to a socket.) Views must not be posted to other threads, which would share
 * the memory without that object.
 *
 * V8 does not count shared memory as a reason to collect, so there is no more of it than `maxBytes`, in use or not. Whoever
 * finds the pool empty takes ordinary memory, which does count: so even then the collector soon brings buffers back.
 */
export class BufferPool {
  readonly #maxBytes: number
  /** The buffers that nobody uses, by size; the size that was taken last is the last. */
  readonly #free = new Map<number, FreeBuffers>()
  #bytes = 0
  readonly #unused = new FinalizationRegistry<SharedArrayBuffer>((buffer) =>
    this.#freeOf(buffer.byteLength).add(buffer),
  )
  readonly #collected = new FinalizationRegistry<number>((bytes) => {
    this.#bytes -= bytes
  })

  /** @param maxBytes the most memory that it has; 0: none */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** How much memory it has, in use or not, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Takes memory, which is not cleared.
   * @returns undefined if so little is wanted that it is not worth it, or the pool is empty
   */
  take(bytes: number): Uint8Array | undefined {
    if (bytes < MIN_BYTES) return undefined
    const size = sizeFor(bytes)
    const free = this.#freeOf(size)
    this.#free.delete(size)
    this.#free.set(size, free)
    const buffer = free.take() ?? this.#make(size)
    if (!buffer) return undefined
    // Another object for the same memory.
    const lent = structuredClone(buffer)
    this.#unused.register(lent, buffer)
    return new Uint8Array(lent, 0, bytes)
  }

  /** Gives up what has not been needed since the last call; to be called now and then. */
  trim(): void {
    for (const [size, free] of this.#free) {
      free.trim()
      if (free.isEmpty) this.#free.delete(size)
    }
  }

  #make(size: number): SharedArrayBuffer | undefined {
    if (this.#bytes + size > this.#maxBytes) {
      this.#giveUpOther(size)
      return undefined
    }
    try {
      const buffer = new SharedArrayBuffer(size)
      this.#collected.register(buffer, size)
      this.#bytes += size
      return buffer
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return undefined
    }
  }

  /** Gives up one buffer of another size than is wanted now. There is room for others once the collector has found it. */
  #giveUpOther(wanted: number): void {
    for (const [size, free] of this.#free) if (size !== wanted && free.take()) return
  }

  #freeOf(size: number): FreeBuffers {
    let free = this.#free.get(size)
    if (!free) {
      free = new FreeBuffers()
      this.#free.set(size, free)
    }
    return free
  }
}

/** The buffers of one size that nobody uses. */
class FreeBuffers {
  readonly #buffers: SharedArrayBuffer[] = []
  /** So many have not been needed since the last `trim`. */
  #spare = 0

  get isEmpty(): boolean {
    return this.#buffers.length === 0
  }

  add(buffer: SharedArrayBuffer): void {
    this.#buffers.push(buffer)
  }

  take(): SharedArrayBuffer | undefined {
    const buffer = this.#buffers.pop()
    this.#spare = Math.min(this.#spare, this.#buffers.length)
    return buffer
  }

  trim(): void {
    this.#buffers.splice(0, this.#spare)
    this.#spare = this.#buffers.length
  }
}

/** Packed values differ in size from pulse to pulse: sizes are rounded up, by an eighth at most. */
function sizeFor(bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 3)
  return Math.ceil(bytes / step) * step
}

/** Of less than this ordinary memory costs no more. */
const MIN_BYTES = 65_536
