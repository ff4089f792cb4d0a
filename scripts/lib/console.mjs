/** Prints progress for the user, on standard error: standard output belongs to the program being run. */
export function say(sentence) {
  console.error(sentence)
}

/**
 * Exits with an error message, which says what is wrong and what to do.
 * @returns {never}
 */
export function fail(sentence, code = 1) {
  console.error(sentence)
  process.exit(code)
}
