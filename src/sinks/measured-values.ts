import type { Counters } from '../core/counters.ts'
import { Refusal } from '../core/errors.ts'
import type { Frame } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import type { ArrayPayload } from '../core/payload.ts'
import { authorizeValues } from '../core/pictures-only.ts'
import { authorize, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'
import { type FrameRequest, type FrameSearchParts, findFrame } from './frame-search.ts'

/** Which values are requested. */
export interface ValuesRequest extends Pick<FrameRequest, 'client' | 'stream' | 'wait'> {
  /** Those of this pulse, if it is still kept; with `wait` otherwise those of the next one. */
  readonly pulse?: bigint | undefined
  /** Of these channels; undefined or the stream's key: the stream's own. */
  readonly channels: readonly (string | undefined)[]
}

/** What finding them needs. */
export interface MeasuredValuesParts extends FrameSearchParts {
  readonly counters: Counters
}

/** What a channel had with a pulse. */
export interface MeasuredChannel {
  readonly name: string
  readonly value: ArrayPayload | string
}

/** Channels as they were measured, all with the same pulse. */
export interface MeasuredValues {
  readonly frame: Frame
  readonly channels: readonly MeasuredChannel[]
}

/**
 * The values of channels, to the bit: of a pulse that is still kept, of the newest frame, or of the next one.
 * @param signal aborts the wait when the client has disconnected
 * @returns undefined if the client has gone, or where a pulse or the next one is requested and neither can be had in time
 * @throws Refusal `forbidden` if the principal sees pictures only; those of `findFrame` and `Hub.frameOfPulse`; `not_found` when there is no such channel, or it had no value;
 *   `invalid` when its value cannot be read, or the stream has pictures
 */
export async function measuredValues(
  parts: MeasuredValuesParts,
  principal: Principal,
  { client, stream, pulse, wait, channels }: ValuesRequest,
  signal: AbortSignal,
): Promise<MeasuredValues | undefined> {
  authorizeValues(principal)
  const kept = pulse === undefined ? undefined : keptFrame(parts.hub, principal, stream, pulse, wait)
  const frame = kept ?? (await nextFrame(parts, principal, { client, stream, wait }, pulse, signal))
  if (!frame) return undefined
  authorize(principal, 'view', stream)
  const measured = channels.map((name) => measuredChannel(frame, name))
  const counter = parts.counters.out(stream, 'data')
  counter.frames++
  for (const { value } of measured) counter.bytes += bytesOf(value)
  return { frame, channels: measured }
}

/** @returns undefined if it is not kept, and the next one is waited for instead */
function keptFrame(hub: Hub, principal: Principal, stream: StreamName, pulse: bigint, wait: number | undefined) {
  try {
    return hub.frameOfPulse(principal, stream, pulse)
  } catch (error) {
    if (wait !== undefined && error instanceof Refusal && error.code === 'not_found') return undefined
    throw error
  }
}

async function nextFrame(
  parts: MeasuredValuesParts,
  principal: Principal,
  request: FrameRequest,
  pulse: bigint | undefined,
  signal: AbortSignal,
): Promise<Frame | undefined> {
  try {
    return await findFrame(parts, principal, request, signal)
  } catch (error) {
    if (pulse !== undefined && error instanceof Refusal && error.code === 'timed_out') return undefined
    throw error
  }
}

function measuredChannel(frame: Frame, asked: string | undefined): MeasuredChannel {
  const { key } = frame.stream
  const name = asked ?? key
  if (name === key) {
    if (frame.payload.kind !== 'image') return { name, value: frame.payload }
    throw new Refusal(
      'invalid',
      `"${frame.stream.label}/${key}" has pictures and no values; GET …/snapshot gives them.`,
    )
  }
  const found = frame.channels?.get(name)
  const what = JSON.stringify(name)
  if (!found)
    throw new Refusal(
      'not_found',
      `There is no channel ${what} with it. A channel with pictures is a stream of its own.`,
    )
  if (found.problem !== undefined) throw new Refusal('invalid', found.problem)
  if (found.value === null) throw new Refusal('not_found', `Channel ${what} had no value with this pulse.`)
  return { name, value: found.value }
}

function bytesOf(value: ArrayPayload | string): number {
  if (typeof value === 'string') return value.length
  return value.kind === 'raw-array' ? value.values.byteLength : value.bytes.length
}
