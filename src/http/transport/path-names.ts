/**
 * The names in a path, decoded, at the segments of a pattern that begin with ":".
 * @returns "malformed" if they are not well percent-encoded, undefined if the path is another's
 */
export function namesIn(
  path: readonly string[],
  pattern: readonly string[],
): Record<string, string> | 'malformed' | undefined {
  if (pattern.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, segment] of pattern.entries()) {
    const given = path[i] ?? ''
    if (!segment.startsWith(':')) {
      if (segment !== given) return undefined
      continue
    }
    try {
      params[segment.slice(1)] = decodeURIComponent(given)
    } catch {
      return 'malformed'
    }
  }
  return params
}
