import Type from 'typebox'

/** `demo`: the drawn streams. */
export const demoSettings = Type.Object(
  {
    start: Type.Boolean({
      default: false,
      description: 'Starts the demo with the server: three drawn streams under the label "demo".',
    }),
    seed: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'Chooses what happens in the drawn streams; the same number, the same pictures.',
    }),
  },
  { description: 'Streams to look at without a camera.' },
)
