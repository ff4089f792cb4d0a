import Type from 'typebox'

/** `labels`: what streams are grouped by. */
export const labelSettings = Type.Object(
  {
    hidden: Type.Array(Type.String({ minLength: 1, form: 'wildcards such as *test*' }), {
      default: ['*test*'],
      description:
        'Labels that are left out of lists; * stands for any characters, ? for one. They can still be watched by name.',
    }),
    calls_per_minute: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 100_000,
      unit: 'calls',
      description: 'How often one client may ask for the list of labels within a minute.',
    }),
    messages_per_s: Type.Number({
      default: 10,
      minimum: 0.01,
      maximum: 1_000,
      unit: 'messages',
      description:
        'How many messages a second a viewer gets at most on /api/ws/labels, where each holds the newest picture of every camera of the label.',
    }),
    class_names: Type.Array(
      Type.String({
        pattern: '^[^=]*[^=\\s][^=]*=[^|]*[^|\\s][^|]*(\\|[^|]*[^|\\s][^|]*)*$',
        form: 'entries "LABELS=NAME|NAME|…" such as site-*=Hardhat|Mask|Person, without empty names',
      }),
      {
        default: [
          '*=Hardhat|Mask|NO-Hardhat|NO-Mask|NO-Safety Vest|Person|Safety Cone|Safety Vest|Machinery|Utility Pole|Vehicle',
        ],
        description:
          "What the page calls a detector's classes 0, 1, 2 and so on. An entry holds for the labels before its =, where * stands for any characters and ? for one; the first entry that fits a label counts. A list of yours takes the place of the default; classes without a name are shown by their number.",
      },
    ),
  },
  { description: 'What streams are grouped by.' },
)
