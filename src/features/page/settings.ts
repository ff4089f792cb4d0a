import Type from 'typebox'

/** `page`: how the page looks. */
export const pageSettings = Type.Object(
  {
    custom_css: Type.Optional(
      Type.String({
        minLength: 1,
        form: 'the path of a file',
        isPath: true,
        description:
          'A style sheet of your own, used after all others on every page. A change of the file shows when a page is loaded the next time. Relative to the checkout; on the command line, to the current folder.',
      }),
    ),
  },
  { description: 'How the pages look.' },
)
