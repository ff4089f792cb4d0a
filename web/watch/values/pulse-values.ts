import { readNpy } from '../../../src/wire/npy-reader.ts'
import { fetchBytes, HttpProblem } from '../../access/fetch-json.ts'
import type { Picture } from '../../live/worker-protocol.ts'

/** The values of a picture of an array, as they were measured. */
export interface PulseValues {
  /** The pulse that they belong to. */
  readonly pulseId: string
  /** The value of a pixel of the original; undefined outside of it. */
  valueAt(x: number, y: number): number | bigint | undefined
}

/** Whether the server gives visitors like this one no pulse by its id. */
let onlyNext = false

/**
 * Loads the values that a picture was drawn of, or those of the next pulse: the server keeps the last few only, which at a high rate
 * are gone before it can be asked for them.
 * @returns undefined if the picture is of none, or they cannot be had (any more)
 */
export async function loadValues(
  which: 'of the picture' | 'of the next pulse',
  picture: Picture,
  signal: AbortSignal,
): Promise<PulseValues | undefined> {
  const { stream, pulse, colouring, width, height } = picture
  if (!pulse || !colouring) return undefined
  const name = `${encodeURIComponent(stream.label)}/${encodeURIComponent(stream.key)}`
  const isOwn = which === 'of the picture' && !onlyNext
  const query = isOwn ? `&pulse=${encodeURIComponent(pulse.id)}` : ''
  try {
    const { bytes, headers } = await fetchBytes(`/streams/${name}/data?format=npy${query}`, 'application/x-npy', signal)
    const { shape, at } = readNpy(bytes)
    if (shape.reduce((product, length) => product * length, 1) !== width * height) return undefined
    const isInside = (x: number, y: number) => x >= 0 && x < width && y >= 0 && y < height
    return {
      pulseId: headers.get('x-pulse-id') ?? pulse.id,
      valueAt: (x, y) => (isInside(x, y) ? at(y * width + x) : undefined),
    }
  } catch (error) {
    // Asked for once, not again and again.
    if (isOwn && error instanceof HttpProblem && error.status === 404) onlyNext = true
    return undefined
  }
}
