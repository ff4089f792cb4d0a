import Type from 'typebox'

/** `data`: values as they were measured. */
export const dataSettings = Type.Object(
  {
    max_bytes: Type.Integer({
      default: 67_108_864,
      minimum: 1_000,
      maximum: 2_000_000_000,
      unit: 'bytes',
      description: 'How many bytes of values one answer may have, unpacked.',
    }),
  },
  { description: 'The values of arrays over HTTP (GET …/data).' },
)

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
