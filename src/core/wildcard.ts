/**
 * Whether a text fits a pattern in which `*` stands for any characters and `?` for one. Time is at most length × pattern, however many `*` there are.
 */
export function fitsWildcard(pattern: string, text: string): boolean {
  const p = [...pattern]
  const t = [...text]
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < t.length; ) {
    if (p[at] === '*') {
      star = at++
      resume = i
    } else if (at < p.length && (p[at] === '?' || p[at] === t[i])) {
      at++
      i++
    } else if (star >= 0) {
      // The last star takes one character more.
      at = star + 1
      i = ++resume
    } else {
      return false
    }
  }
  while (p[at] === '*') at++
  return at === p.length
}
