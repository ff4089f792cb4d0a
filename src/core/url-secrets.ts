/*
 * Redaction of secrets: masks passwords, keys and tokens in URLs before anybody sees them. Where it is not certain how far
 * a secret reaches, more is masked, not less.
 */

/** Replaces a secret that is not shown. No URL parser changes it. */
export const MASK = '***'

/** Masks each secret in a URL that the text is or contains. Without one the text is unchanged. */
export function maskSecrets(text: string): string {
  return replaceSecrets(text, () => MASK)
}

/** Whether the text contains a masked secret. */
export function isMasked(text: string): boolean {
  let found = false
  replaceSecrets(text, (secret) => {
    found ||= secret === MASK
    return secret
  })
  return found
}

/**
 * Whether a parameter, a header or a field of that name has a secret: a password, a key or a token. The name may be
 * percent-encoded.
 */
export function isSecretName(name: string): boolean {
  const plain = decoded(decoded(name))
  return SECRET_NAME.test(plain) || SECRET_WORD.test(plain)
}

const SECRET_NAME =
  /pass|pwd|psw|secret|token|api[\W_]?key|access[\W_]?key|authorization|signature|credential|cookie|session|bearer|jwt/i
/** Short ones, which other words contain. */
const SECRET_WORD = /(?:^|[\W_])(?:pw|pas|auth|sig|sid)(?:$|[\W_])|pas$/i

// The length of the scheme is limited, so that a long run of letters takes no time.
const WHOLE = /^\s*(?:[a-z][a-z0-9+.-]{0,31}:(?:\/\/|\?)|[/?])/i
const INSIDE = /(?:[a-z][a-z0-9+.-]{0,31}:\/\/|\?)\S+/gi
/** A header as programs print it, to the end of its line or text. */
const HEADER =
  /\b((?:proxy-)?authorization["']?\s{0,9}[:=]\s{0,9}["']?(?:(?:basic|bearer|digest)\s+)?)([^\s"'][^\r\n"']*)/gi

type Replace = (secret: string) => string

function replaceSecrets(text: string, replace: Replace): string {
  // A URL on its own may have a space in its password.
  const shown = WHOLE.test(text)
    ? replaceInRest(text, replace, 0)
    : text.replace(INSIDE, (url) => replaceInRest(url, replace, 0))
  return shown.replace(HEADER, (_all, name: string, secret: string) => name + replace(secret))
}

const SCHEME = /[a-z][a-z0-9+.-]{0,31}:\/\//gi

function schemeFrom(text: string, at: number): RegExpExecArray | null {
  SCHEME.lastIndex = at
  return SCHEME.exec(text)
}

/** URLs may be within URLs, encoded or not. What is deeper is masked as a whole. */
const MAX_DEPTH = 8

/**
 * Replaces secrets in a path, a query and a fragment, or in a text of several URLs. Parameters count wherever they are:
 * cameras take `/user=admin&password=…`, `/user=admin_password=…_channel=1`, `;pwd=…` and `#pwd=…` as well.
 */
function replaceInRest(text: string, replace: Replace, depth: number): string {
  if (depth > MAX_DEPTH) return replace(text)
  let shown = ''
  let at = 0
  let scheme = schemeFrom(text, 0)
  let inPath = secretInPath(text, 0)
  let inParameter: Found | undefined
  // Each is looked for once and kept until it is passed: a hostile text has thousands of all of them.
  let searchedBefore = -1
  for (;;) {
    if (scheme && scheme.index < at) scheme = schemeFrom(text, at)
    if (inPath && inPath.from < at) inPath = secretInPath(text, at)
    const before = scheme?.index ?? text.length
    if (searchedBefore !== before || (inParameter && inParameter.from < at)) {
      inParameter = nextSecret(text, at, before)
      searchedBefore = before
    }
    const isInPath = inPath && inPath.from < (inParameter?.from ?? before)
    const secret = isInPath ? inPath : inParameter
    if (secret) {
      shown += replaceEncoded(text.slice(at, secret.from), replace, depth) + replace(text.slice(secret.from, secret.to))
      at = secret.to
    } else if (scheme) {
      const start = scheme.index + scheme[0].length
      const before = replaceEncoded(text.slice(at, scheme.index), replace, depth)
      return shown + before + scheme[0] + replaceAfterScheme(text.slice(start), replace, depth)
    } else return shown + replaceEncoded(text.slice(at), replace, depth)
  }
}

/** Replaces the secret before the @ (RFC 3986, section 3.2.1), and what follows it. */
function replaceAfterScheme(rest: string, replace: Replace, depth: number): string {
  const end = userInfoEnd(rest)
  if (end < 0) return replaceInRest(rest, replace, depth + 1)
  return replaceUserInfo(rest.slice(0, end), replace) + replaceInRest(rest.slice(end), replace, depth + 1)
}

/** Without a password what stands before the @ may be a token. */
function replaceUserInfo(info: string, replace: Replace): string {
  const colon = info.indexOf(':')
  if (colon === 0 && info.length === 1) return info
  if (colon >= 0 && colon + 1 < info.length) return info.slice(0, colon + 1) + replace(info.slice(colon + 1))
  const user = colon < 0 ? info : info.slice(0, colon)
  return user === '' ? info : replace(user) + info.slice(user.length)
}

/** @returns where the @ is; -1 if there is none */
function userInfoEnd(rest: string): number {
  const hash = rest.indexOf('#')
  const question = rest.indexOf('?')
  const query = question < 0 || (hash >= 0 && hash < question) ? rest.length : question
  // A password with an unescaped ? or # swallows these and the query.
  const end = userInfoEndIn(rest.slice(0, query)) ?? userInfoEndIn(rest) ?? -1
  return end < 0 || !rest.slice(0, end).includes(':') ? end : Math.max(end, rawPasswordEnd(rest, end))
}

/**
 * A raw password that has an @ and then one of / ? # reaches to a later @: always if that was # or ?, which seldom follow
 * a host; else to one that looks like that of a host, as paths may have an @ as well.
 * @returns where that is; -1 if there is none
 */
function rawPasswordEnd(rest: string, end: number): number {
  const next = /[/?#]/.exec(rest.slice(end + 1))?.[0]
  if (next === undefined) return -1
  const own = rest.slice(0, schemeFrom(rest, end)?.index)
  return next === '/' ? ([...own.matchAll(AT_HOST)].at(-1)?.index ?? -1) : own.lastIndexOf('@')
}

/** With an address of IP, a port or a path behind it. */
const AT_HOST =
  /@(?=(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])(?:[:/?#]|$)|[\w.-]{1,253}(?::\d{1,5})?\/|[\w.-]{1,253}:\d{1,5}$)/gi

/** @returns undefined if the text ends within what looks like a password */
function userInfoEndIn(place: string): number | undefined {
  const authority = /^[^/#]*/.exec(place)?.[0] ?? ''
  // In an address without a password the colon is followed by the port. If it is not, a sender did not escape the / or
  // # in a password, which then reaches to the last @.
  const isAddress = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.test(authority)
  const end = authority.includes('@') || isAddress ? authority.lastIndexOf('@') : place.lastIndexOf('@')
  return end >= 0 || isAddress ? end : undefined
}

/** The longest name of a parameter that is looked at. */
const NAME_LENGTH = 96
const NAME = /[\w.%[\]-]*$/
/** In a value a raw ; # ? or comma is part of it unless another parameter begins there. */
const VALUE_END = /&|[;#?,](?=[\w.%[\]-]{1,96}=)/g
/** The same after `user=admin_password=`, where underscores are between parameters. */
const VALUE_END_UNDERSCORE = /&|[;#?,_](?=[a-z\d.%[\]-]{1,96}=)/gi

/**
 * Segments of a path that are secrets: some cameras take `/0/admin:…/main`, and those of UniFi Protect have the key of a
 * stream as its path, at ports of their own.
 */
const IN_PATH = /(?:(?<!\/)\/[a-z][\w.-]{0,63}:(?!\d{1,5}(?:[/?#]|$))|:744[17]\/(?=\w{12}|\*))([^\s/?#&;=,]{3,})/gi

interface Found {
  readonly from: number
  readonly to: number
}

function secretInPath(text: string, at: number): Found | undefined {
  IN_PATH.lastIndex = at
  const found = IN_PATH.exec(text)
  if (!found) return undefined
  const to = found.index + found[0].length
  return { from: to - (found[1]?.length ?? 0), to }
}

/** The next value of a secret parameter whose name begins before `before`, and is not empty. */
function nextSecret(text: string, at: number, before: number): Found | undefined {
  for (let equals = text.indexOf('=', at); equals >= 0 && equals <= before; equals = text.indexOf('=', equals + 1)) {
    const name = NAME.exec(text.slice(Math.max(at, equals - NAME_LENGTH), equals))?.[0] ?? ''
    if (!isSecretName(name) && !(name === 'key' && text[equals - name.length - 1] === '#')) continue
    const end = text[equals - name.length - 1] === '=' ? VALUE_END_UNDERSCORE : VALUE_END
    end.lastIndex = equals + 1
    const to = end.exec(text)?.index ?? text.length
    if (to > equals + 1) return { from: equals + 1, to }
  }
  return undefined
}

/** Replaces secrets in what is percent-encoded, such as a URL as the value of a parameter. */
function replaceEncoded(text: string, replace: Replace, depth: number): string {
  if (!ENCODED_PART.test(text)) return text
  return text
    .split(/([&#;?=])/)
    .map((piece) => {
      if (!ENCODED_PART.test(piece)) return piece
      const plain = decoded(piece)
      const shown = replaceInRest(plain, replace, depth + 1)
      return shown === plain ? piece : encodeURIComponent(shown.toWellFormed())
    })
    .join('')
}

/** What a URL or a parameter cannot do without: an encoded = or : or, encoded twice, %. */
const ENCODED_PART = /%(?:3d|3a|25)/i

/** What cannot be decoded stays. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}
