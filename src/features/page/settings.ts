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
          'A style sheet of your own, loaded after all others on every page. A changed file takes effect when a page is next loaded. A relative path starts at the checkout, on the command line at the current folder.',
      }),
    ),
  },
  { description: 'The look of the web pages.' },
)
