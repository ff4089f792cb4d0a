import type { Frame } from '../core/frame.ts'
import type { Principal } from '../core/principal.ts'

/** Who may be a page of which one part was told of a frame, and another asks for its picture. */
export interface PageClient {
  readonly principal: Principal
  /** The IP address. */
  readonly address: string
}

/**
 * The frames that pages have been told of last, as long as they are connected. The old beamline page is told of a frame
 * on Socket.IO and then asks for its picture by HTTP: so it gets that of the same pulse, and need not wait for the next one.
 */
export class ToldFrames {
  readonly #pages = new Map<string, { connections: number; frame: Frame | undefined }>()

  /** A page connects. */
  open(client: PageClient): ToldPage {
    const id = idOf(client)
    const page = this.#pages.get(id) ?? { connections: 0, frame: undefined }
    this.#pages.set(id, page)
    page.connections++
    return {
      tell(frame) {
        page.frame = frame
      },
      close: () => {
        if (--page.connections === 0) this.#pages.delete(id)
      },
    }
  }

  /** The newest frame that a page of this client was told of; undefined if none is connected. */
  of(client: PageClient): Frame | undefined {
    return this.#pages.get(idOf(client))?.frame
  }
}

/** The connection of a page. */
export interface ToldPage {
  /** It is told of this frame. */
  tell(frame: Frame): void
  /** Once, when it has gone. */
  close(): void
}

function idOf({ principal, address }: PageClient): string {
  return `${principal.id} ${address}`
}
