import Type from 'typebox'
import { COLORMAPS } from '../../core/colouring.ts'

/** How arrays are drawn, in the query of a route that answers with pictures; read by `readColouring`. */
export const ColouringQuery = {
  colormap: Type.Optional(
    Type.String({ description: `The colours of arrays: ${COLORMAPS.join(', ')}. Pictures are as they are` }),
  ),
  levels: Type.Optional(
    Type.String({
      description:
        'Which values have the first and the last colour: `auto` (the smallest and the largest), `0,100`, or percentiles, `p1,p99`',
    }),
  ),
  log: Type.Optional(Type.String({ description: '`true`: the colours follow the logarithm of the values' })),
}
