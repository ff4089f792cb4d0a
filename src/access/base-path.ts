import type { IncomingMessage } from 'node:http'

/** Where on its host the server is, as browsers see it: below which path a proxy serves it. */
export class BasePaths {
  readonly #configured: string
  readonly #isFromProxy: (request: IncomingMessage) => boolean

  /**
   * @param configured as `http.base_path` allows it
   * @param isFromProxy whether the other end of the connection is a trusted proxy
   */
  constructor(configured: string, isFromProxy: (request: IncomingMessage) => boolean) {
    this.#configured = withoutSlash(configured)
    this.#isFromProxy = isFromProxy
  }

  /**
   * What every path of ours begins with in what the client of this request gets: "/cameras", or empty. What a trusted proxy
   * has taken off the path (`X-Forwarded-Prefix`) counts, else the setting. It is safe in HTML, in a cookie and in a `Location`.
   */
  of(request: IncomingMessage): string {
    const header = request.headers['x-forwarded-prefix']
    if (header === undefined || !this.#isFromProxy(request)) return this.#configured
    return prefixIn(String(header)) ?? this.#configured
  }

  /** A request's URL without the configured base path, which a proxy may have taken off already. */
  strip(url: string): string {
    const base = this.#configured
    if (base === '' || !url.startsWith(base)) return url
    const rest = url.slice(base.length)
    if (rest.startsWith('/')) return rest
    return rest === '' || rest.startsWith('?') ? `/${rest}` : url
  }
}

/** Of several proxies each adds its own, the outermost first. @returns undefined if there is none, or one that is no path */
function prefixIn(header: string): string | undefined {
  if (header.length > MAX_LENGTH) return undefined
  const parts = header.split(',').map((part) => part.trim())
  if (!parts.every((part) => IS_BASE_PATH.test(part))) return undefined
  return parts.map(withoutSlash).join('') || undefined
}

/** A base path as the paths of ours begin with it: without a slash at its end, "/cameras" or empty. */
export function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** Segments of unreserved characters, none of which begins with a dot, as `http.base_path` may have them. */
const IS_BASE_PATH = /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/

/** More than any path that is meant, in characters. */
const MAX_LENGTH = 500
