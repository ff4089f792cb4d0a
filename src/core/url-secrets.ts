/*
 * Redaction of secrets: masks passwords in URLs before anybody sees them.
 */

/** Replaces a password in a URL that is shown. No URL parser changes it. */
export const MASK = '***'

/** Masks each password in a URL that the text is or contains. Without one the text is unchanged. */
export function maskSecrets(text: string): string {
  return replaceSecrets(text, () => MASK)
}

/** Whether the text contains a masked password. */
export function isMasked(text: string): boolean {
  let found = false
  replaceSecrets(text, (secret) => {
    found ||= secret === MASK
    return secret
  })
  return found
}

// The length of the scheme is limited, so that a long run of letters takes no time.
const WHOLE = /^\s*[a-z][a-z0-9+.-]{0,31}:\/\//i
const INSIDE = /[a-z][a-z0-9+.-]{0,31}:\/\/\S+/gi
/** Names of query parameters that cameras take a password in: `?user=admin&pwd=…`. */
const SECRET_NAME = /pass|pwd|psw|secret|token/i

type Replace = (secret: string) => string

function replaceSecrets(text: string, replace: Replace): string {
  // A URL on its own may have a space in its password.
  if (WHOLE.test(text)) return replaceInUrl(text, replace)
  return text.replace(INSIDE, (url) => replaceInUrl(url, replace))
}

function replaceInUrl(url: string, replace: Replace): string {
  const start = url.indexOf('://') + 3
  const rest = url.slice(start)
  const hash = rest.indexOf('#')
  const question = rest.indexOf('?')
  const query = question < 0 || (hash >= 0 && hash < question) ? rest.length : question
  const place = replaceInPlace(rest.slice(0, query), replace)
  // A password with an unescaped ? or # swallows these and the query.
  if (place === undefined) return url.slice(0, start) + (replaceInPlace(rest, replace) ?? rest)
  return url.slice(0, start) + place + replaceInQuery(rest.slice(query), replace)
}

/**
 * Replaces the password before the @ (RFC 3986, section 3.2.1).
 * @returns undefined if the text ends within what looks like one
 */
function replaceInPlace(place: string, replace: Replace): string | undefined {
  const authority = /^[^/#]*/.exec(place)?.[0] ?? ''
  // In an address without a password the colon is followed by the port. If it is not, a sender did not escape the / or
  // # in a password, which then reaches to the last @.
  const isAddress = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(authority)
  const end = authority.includes('@') || isAddress ? authority.lastIndexOf('@') : place.lastIndexOf('@')
  if (end < 0) return isAddress ? place : undefined
  const colon = place.indexOf(':')
  if (colon < 0 || colon + 1 >= end) return place
  return place.slice(0, colon + 1) + replace(place.slice(colon + 1, end)) + place.slice(end)
}

function replaceInQuery(query: string, replace: Replace): string {
  return query
    .split('&')
    .map((parameter) => {
      const equals = parameter.indexOf('=')
      if (equals < 0 || equals + 1 === parameter.length || !SECRET_NAME.test(parameter.slice(0, equals)))
        return parameter
      const [, value = '', rest = ''] = /^([^#]*)(.*)$/s.exec(parameter.slice(equals + 1)) ?? []
      return parameter.slice(0, equals + 1) + replace(value) + rest
    })
    .join('&')
}
