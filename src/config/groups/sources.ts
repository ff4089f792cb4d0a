import Type from 'typebox'

/** `sources`: what the server fetches or draws itself. */
export const sourceSettings = Type.Object(
  {
    pull: Type.Boolean({
      default: true,
      description:
        'Whether this server runs sources: what it draws (the demo) or fetches itself. Where several servers share a Redis, true at one of them and false at all others; viewers at any of them start a source.',
    }),
  },
  { description: 'What the server draws or fetches itself.' },
)
