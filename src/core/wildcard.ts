/**
 * Wildcard (glob) matching: whether a text matches a pattern in which `*` stands for any characters and `?` for one.
 * Takes at most length × pattern steps, however many `*` there are; allocates nothing.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (at < pattern.length && (pattern[at] === '?' || pattern.codePointAt(at) === text.codePointAt(i))) {
      at += sizeAt(pattern, at)
      i += sizeAt(text, i)
    } else if (star >= 0) {
      // Backtrack: let the last star match one more character.
      at = star + 1
      resume += sizeAt(text, resume)
      i = resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** How many UTF-16 code units the character there takes. */
function sizeAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
