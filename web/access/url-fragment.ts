/**
 * Extracts a percent-encoded value `name=…` from a URL fragment.
 * @param fragment with its `#`, or empty
 * @returns the value, and the rest of the fragment
 */
export function valueInFragment(fragment: string, name: string): { value: string | undefined; rest: string } {
  const parts = fragment.replace(/^#/, '').split('&')
  const found = parts.find((part) => part.startsWith(`${name}=`))
  if (found === undefined) return { value: undefined, rest: fragment }
  const rest = parts.filter((part) => part !== found).join('&')
  return { value: decoded(found.slice(name.length + 1)) || undefined, rest: rest && `#${rest}` }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
