import Type from 'typebox'

/** `snapshot`: long polling of single pictures. */
export const snapshotSettings = Type.Object(
  {
    max_wait_s: Type.Number({
      default: 30,
      minimum: 0,
      maximum: 300,
      unit: 'seconds',
      description: 'How long a snapshot request may wait for the next frame (?wait=).',
    }),
  },
  { description: 'Single pictures over HTTP.' },
)
