import { Refusal } from './errors.ts'
import { Frame } from './frame.ts'
import type { Payload } from './payload.ts'
import type { Principal } from './principal.ts'

/*
 * What principals get who see pictures only (`Principal.isPicturesOnly`): pictures with their times, warnings and
 * annotations, and no other measurements.
 */

/** A frame as a principal gets it; the same object for all who get the same. */
export function frameFor<Carried extends Payload>(
  { isPicturesOnly }: Pick<Principal, 'isPicturesOnly'>,
  frame: Frame<Carried>,
): Frame<Carried> {
  return isPicturesOnly ? frame.encoded<Frame<Carried>>(withoutMetadata) : frame
}

/** @throws Refusal `forbidden` if the principal sees pictures only */
export function authorizeValues({ isPicturesOnly, name }: Pick<Principal, 'isPicturesOnly' | 'name'>): void {
  if (isPicturesOnly) throw new Refusal('forbidden', `${name} shows pictures, not what was measured`)
}

function withoutMetadata<Carried extends Payload>(frame: Frame<Carried>): Frame<Carried> {
  const { stream, size, payload, warnings, annotations, capturedAt, id, receivedAt, sequence } = frame
  return new Frame({ stream, size, payload, warnings, annotations, capturedAt, metadata: {} }, id, receivedAt, sequence)
}
