/**
 * Matches a path against a route pattern and decodes its parameters (the segments that begin with ":").
 * @param path the segments of the request's path, percent-encoded
 * @param pattern the segments of the route's path
 * @returns the parameters; "malformed" if one is not valid percent-encoding; undefined if the path does not match
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
