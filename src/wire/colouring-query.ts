import type { Colouring } from '../core/colouring.ts'
import { Refusal } from '../core/errors.ts'

/**
 * Reads a colouring; what is left out is viridis, levels of each picture, a linear scale.
 * @param fields `colormap`, `levels` ("auto", "min,max" or "p1,p99"), `log`
 * @throws Refusal `invalid`
 */
export function readColouring(fields: Readonly<Record<string, unknown>>): Colouring {
  const { colormap = 'viridis', levels = 'auto', log = false } = fields
  if (typeof colormap !== 'string') throw new Refusal('invalid', 'colormap: must be the name of a colour map')
  if (typeof log !== 'boolean') throw new Refusal('invalid', 'log: must be true or false')
  return { colormap, levels: readLevels(levels), log }
}

function readLevels(given: unknown): Colouring['levels'] {
  if (given === 'auto') return given
  const [, p, low, high] = /^(p?)([^,]+),\1([^,]+)$/.exec(String(given)) ?? []
  const [min, max] = [Number(low), Number(high)]
  if (!(min < max)) throw new Refusal('invalid', 'levels: must be auto, "min,max" or percentiles such as "p1,p99"')
  return p === '' ? { min, max } : { percentiles: [min, max] }
}
