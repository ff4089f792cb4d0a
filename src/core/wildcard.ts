/**
 * Wildcard matching (glob): whether a text fits a pattern in which `*` stands for any characters and `?` for one. Time
 * is at most length × pattern, however many `*` there are; nothing is allocated.
 */
export function fitsWildcard(pattern: string, text: string): boolean {
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
      // The last star takes one character more.
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

/** How many units of UTF-16 the character there takes. */
function sizeAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
