import Type from 'typebox'

/** `snapshot`: single pictures. */
export const snapshotSettings = Type.Object(
  {
    max_wait_s: Type.Number({
      default: 30,
      minimum: 0,
      maximum: 300,
      unit: 'seconds',
      description: 'How long a request for one picture may ask to wait for the next frame.',
    }),
  },
  { description: 'Single pictures.' },
)
