import { readNpy } from '../../../src/wire/npy-reader.ts'
import { fetchBytes } from '../../access/fetch-json.ts'
import type { Picture } from '../../live/worker-protocol.ts'

/** The values of a picture of an array, as they were measured. */
export interface PulseValues {
  /** The pulse that they belong to. */
  readonly pulseId: string
  /** The value of a pixel of the original; undefined outside of it. */
  valueAt(x: number, y: number): number | bigint | undefined
}

/**
 * Loads the values that a picture was drawn of, or those of the next pulse: the server keeps the last few only, which at a high rate
 * are gone before it can be asked for them.
 * @param wait for the next pulse, ms
 * @returns undefined if the picture is of none, or neither can be had
 */
export async function loadValues(
  { stream, pulse, colouring, width, height }: Picture,
  wait: number,
  signal: AbortSignal,
): Promise<PulseValues | undefined> {
  if (!pulse || !colouring) return undefined
  const name = `${encodeURIComponent(stream.label)}/${encodeURIComponent(stream.key)}`
  const query = new URLSearchParams({ format: 'npy', pulse: pulse.id, wait: String(wait / 1000) })
  try {
    const { bytes, headers } = await fetchBytes(`/streams/${name}/data?${query}`, 'application/x-npy', signal)
    // Neither came (204).
    if (bytes.length === 0) return undefined
    const { shape, at } = readNpy(bytes)
    if (shape.reduce((product, length) => product * length, 1) !== width * height) return undefined
    const isInside = (x: number, y: number) => x >= 0 && x < width && y >= 0 && y < height
    return {
      pulseId: headers.get('x-pulse-id') ?? pulse.id,
      valueAt: (x, y) => (isInside(x, y) ? at(y * width + x) : undefined),
    }
  } catch {
    return undefined
  }
}
