import type { Metadata } from '../core/frame.ts'
import type { Json } from '../core/json.ts'

/** What has come in so far, as the old beamline page counts it. */
export interface ReceivedCounts {
  /** Since the server has listened. */
  readonly messages: number
  /** Of these messages. */
  readonly bytes: number
}

/** An image's measurements, in the words of the old beamline page. It fails on anything that is no number. */
export interface BeamlineMessage {
  /** This and the next one are the same count. */
  readonly number_of_received_messages: number
  readonly data: number
  readonly messages_received: number
  readonly total_bytes_received: number
  readonly repetition_rate: number
  readonly beam_energy: number
  readonly image_size_y: number
  readonly image_size_x: number
}

/**
 * What the old beamline page is told of an image. Integers of 64 bits are rounded to the nearest number; what is missing, no
 * number, or not finite is 0.
 * @param metadata the other channels of its pulse
 */
export function beamlineMessage(metadata: Metadata, { messages, bytes }: ReceivedCounts): BeamlineMessage {
  const measured = (name: string) => numberOf(Object.hasOwn(metadata, name) ? metadata[name] : undefined)
  return {
    number_of_received_messages: messages,
    data: messages,
    messages_received: messages,
    total_bytes_received: bytes,
    repetition_rate: measured('repetition_rate'),
    beam_energy: measured('beam_energy'),
    image_size_y: measured('image_size_y'),
    image_size_x: measured('image_size_x'),
  }
}

/** Integers that JSON numbers cannot hold are texts in metadata. */
function numberOf(value: Json | undefined): number {
  const isNumeric = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
  const number = isNumeric ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}
