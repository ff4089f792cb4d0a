import type { IncomingMessage } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'

/** How a browser reaches the server with a request. */
export interface CookiePlace {
  /** Whether it uses HTTPS, with this server or with a trusted proxy. */
  readonly isSecure: boolean
  /** The path that the server is served below, "/cameras"; empty: none. */
  readonly basePath: string
}

/**
 * A cookie whose name carries the id of its installation: browsers keep cookies by host, whatever the port, so servers on one
 * host would overwrite each other's. Over HTTPS and without a base path its name begins with `__Host-`, which browsers
 * take only from the host itself, over HTTPS: nobody else, such as another subdomain, can have set it.
 */
export class InstanceCookie {
  readonly #name: string
  readonly #placeOf: (request: IncomingMessage) => CookiePlace

  /**
   * @param purpose the beginning of its name: letters and "_"
   * @param instanceId as of `Instance`
   */
  constructor(purpose: string, instanceId: string, placeOf: (request: IncomingMessage) => CookiePlace) {
    this.#name = `${purpose}_${instanceId}`
    this.#placeOf = placeOf
  }

  /** The cookie's value in a request; undefined if there is none. */
  valueIn(request: IncomingMessage): string | undefined {
    const { cookie } = request.headers
    if (cookie === undefined) return undefined
    const shown = parseCookie(cookie)
    // Where only the one with the prefix is set, another is not ours.
    return shown[HOST_PREFIX + this.#name] ?? (this.#isHostOnly(request) ? undefined : shown[this.#name])
  }

  /**
   * The `Set-Cookie` that sets it: `HttpOnly`, `SameSite=Strict`, and `Secure` over HTTPS.
   * @param life how long it is kept, ms
   */
  set(request: IncomingMessage, value: string, life: number): string {
    const { isSecure: secure, basePath } = this.#placeOf(request)
    const name = this.#isHostOnly(request) ? HOST_PREFIX + this.#name : this.#name
    const maxAge = Math.floor(life / 1000)
    const path = basePath === '' ? '/' : basePath
    return stringifySetCookie({ name, value, maxAge, path, httpOnly: true, sameSite: 'strict', secure })
  }

  /** The `Set-Cookie` headers that take it away, wherever it was set. */
  clear(request: IncomingMessage): string[] {
    const { isSecure, basePath } = this.#placeOf(request)
    const gone = (name: string, path: string, secure = false) =>
      stringifySetCookie({ name, value: '', path, maxAge: 0, secure })
    return [
      ...(isSecure ? [gone(HOST_PREFIX + this.#name, '/', true)] : []),
      gone(this.#name, '/'),
      ...(basePath === '' ? [] : [gone(this.#name, basePath)]),
    ]
  }

  #isHostOnly(request: IncomingMessage): boolean {
    const { isSecure, basePath } = this.#placeOf(request)
    return isSecure && basePath === ''
  }
}

/** Browsers take a cookie of such a name only with `Secure` and `Path=/`, and without a domain (RFC 6265bis). */
const HOST_PREFIX = '__Host-'
