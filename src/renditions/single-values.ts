import type { PieceOrder } from '../core/array-piece.ts'
import { messageOf, Refusal } from '../core/errors.ts'
import type { QuotaClient } from '../core/quota-client.ts'
import type { ScaleTurns, WriteWork } from './scale-turns.ts'
import { UndecodablePicture } from './scaler.ts'

/**
 * Has values written in the turn of their client. How many may wait has no bound of its own: whoever has them written counts
 * them as held bytes.
 * @param signal ends the waiting
 * @throws Refusal `invalid` when they are damaged; `unavailable` when it was not done; the signal's reason
 */
export async function writtenInTurn(
  turns: ScaleTurns,
  order: PieceOrder,
  { client = '' }: QuotaClient,
  signal: AbortSignal,
): Promise<Uint8Array> {
  signal.throwIfAborted()
  const written = Promise.withResolvers<Uint8Array>()
  const work: WriteWork = {
    kind: 'write',
    begin: () => order,
    done: written.resolve,
    failed: (error) => written.reject(refusalOf(error)),
  }
  const leave = () => {
    turns.removeSingle(client, work)
    written.reject(signal.reason)
  }
  signal.addEventListener('abort', leave)
  try {
    turns.addSingle(client, work)
    return await written.promise
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof UndecodablePicture) return new Refusal('invalid', error.message)
  return new Refusal('unavailable', `The values could not be written: ${messageOf(error)}`)
}
