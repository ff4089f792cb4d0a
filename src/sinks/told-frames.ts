import type { Clock } from '../core/clock.ts'
import type { Frame } from '../core/frame.ts'
import type { Principal } from '../core/principal.ts'

/** Who may be a page of which one part was told of a frame, and another asks for its picture. */
export interface PageClient {
  readonly principal: Principal
  /** The IP address. */
  readonly address: string
}

/** What a page was told of last. */
interface TellablePage {
  connections: number
  frame: Frame | undefined
  cancelForget: () => void
}

/**
 * The frames that pages have been told of last, as long as they are connected. The old beamline page is told of a frame
 * on Socket.IO and then asks for its picture by HTTP: so it gets that of the same pulse, and need not wait for the next one.
 */
export class ToldFrames {
  readonly #clock: Clock
  readonly #keep: number
  readonly #pages = new Map<string, TellablePage>()

  /** @param keep how long a frame is kept for a page, ms: of those that take nothing any more each may have another one */
  constructor(clock: Clock, keep: number) {
    this.#clock = clock
    this.#keep = keep
  }

  /** A page connects. */
  open(client: PageClient): ToldPage {
    const id = idOf(client)
    const page = this.#pages.get(id) ?? { connections: 0, frame: undefined, cancelForget: () => {} }
    this.#pages.set(id, page)
    page.connections++
    return {
      tell: (frame) => {
        page.cancelForget()
        page.frame = frame
        page.cancelForget = this.#clock.after(this.#keep, () => {
          page.frame = undefined
        })
      },
      close: () => {
        if (--page.connections > 0) return
        page.cancelForget()
        this.#pages.delete(id)
      },
    }
  }

  /** The newest frame that a page of this client was told of; undefined if none is connected, or it is too long ago. */
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
