import Type from 'typebox'

/** `demo`: the generated streams. */
export const demoSettings = Type.Object(
  {
    start: Type.Boolean({
      default: false,
      description: 'Starts the demo with the server: three animated streams under the label "demo".',
    }),
    seed: Type.Integer({
      default: 1,
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'The random seed of the demo: the same number gives the same pictures.',
    }),
  },
  { description: 'Animated streams to try Belvedere without a camera.' },
)
