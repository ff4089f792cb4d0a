/** Tells the user what takes time. On the error output: the output belongs to what is being run. */
export function say(sentence) {
  console.error(sentence)
}

/**
 * Ends the process with a sentence that says what is wrong and what to do.
 * @returns {never}
 */
export function fail(sentence, code = 1) {
  console.error(sentence)
  process.exit(code)
}
