import type { PieceOrder } from './array-piece.ts'
import { Refusal } from './errors.ts'
import type { Renditions } from './hub-parts.ts'
import { authorizeValues } from './pictures-only.ts'
import { authorize, type Principal } from './principal.ts'
import { quotaClientOf } from './quota-client.ts'
import type { StreamName } from './stream-name.ts'

/** The values of the streams' arrays, which are unpacked and written where pictures are made. */
export class HubValues {
  readonly #renditions: () => Renditions | undefined

  /** @param renditions undefined as long as nobody makes any */
  constructor(renditions: () => Renditions | undefined) {
    this.#renditions = renditions
  }

  /**
   * Writes values of a stream that the principal may view, in its turn.
   * @param signal ends the waiting
   * @param client who exactly, as in `quotaClientOf`
   * @throws Refusal `forbidden`, also when that right ends meanwhile; `invalid` when they are damaged; `unavailable` when it
   *   was not done; the signal's reason
   */
  async written(
    principal: Principal,
    stream: StreamName,
    order: PieceOrder,
    signal: AbortSignal,
    client?: string,
  ): Promise<Uint8Array> {
    authorize(principal, 'view', stream)
    authorizeValues(principal)
    const renditions = this.#renditions()
    if (!renditions) throw new Refusal('unavailable', 'This server has no threads that write values.')
    const bytes = await renditions.written(order, quotaClientOf(principal, client), signal)
    authorize(principal, 'view', stream)
    return bytes
  }
}
