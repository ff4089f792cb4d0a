import type { ShownEvent } from '../core/event.ts'

/**
 * What events are written as, each made once for all clients. Where one has a picture its address begins with the path
 * that a client sees the server below: of those paths the last one is kept, as there is seldom more than one.
 */
export class EventEncoding<Encoded> {
  readonly #encode: (event: ShownEvent, basePath: string) => Encoded
  readonly #made = new WeakMap<ShownEvent, { readonly basePath: string; readonly encoded: Encoded }>()

  constructor(encode: (event: ShownEvent, basePath: string) => Encoded) {
    this.#encode = encode
  }

  /** @param basePath as of `BasePaths.of`: "/cameras", or empty */
  of(event: ShownEvent, basePath: string): Encoded {
    const path = event.picture ? basePath : ''
    const known = this.#made.get(event)
    if (known?.basePath === path) return known.encoded
    const encoded = this.#encode(event, path)
    this.#made.set(event, { basePath: path, encoded })
    return encoded
  }
}
