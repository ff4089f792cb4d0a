/** Counts the events of a page. */
export class PageLimits {
  #events: number
  #bytes: number
  #isEmpty = true

  /** @param limit how many events @param bytes how much they may take; the first is taken whatever its size */
  constructor({
    limit,
    bytes = Number.POSITIVE_INFINITY,
  }: { readonly limit: number; readonly bytes?: number | undefined }) {
    this.#events = limit
    this.#bytes = bytes
  }

  /** Takes an event of that weight, in bytes. @returns false if the page is full */
  take(weight: number): boolean {
    if (this.#events === 0 || (weight > this.#bytes && !this.#isEmpty)) return false
    this.#events--
    this.#bytes -= weight
    this.#isEmpty = false
    return true
  }
}
