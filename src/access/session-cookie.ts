import type { IncomingMessage } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { Instance } from './instance.ts'
import { type CookiePlace, InstanceCookie } from './instance-cookie.ts'

/** What a session cookie shows. */
export interface ShownCookie {
  readonly value: string
  /** Under which name: `former` is one that all installations had, and for sessions of that time only. */
  readonly name: 'current' | 'former'
}

/** The session cookie of the page. */
export class SessionCookie {
  readonly #cookie: InstanceCookie
  /** Since when it has its name, ms since 1970. */
  readonly namedAt: number

  constructor({ id, madeAt }: Instance, placeOf: (request: IncomingMessage) => CookiePlace) {
    this.#cookie = new InstanceCookie(PURPOSE, id, placeOf)
    this.namedAt = madeAt
  }

  /** What a request shows, the one that counts more first. */
  shownBy(request: IncomingMessage): readonly ShownCookie[] {
    if (request.headers.cookie === undefined) return []
    const current = this.#cookie.valueIn(request)
    const former = parseCookie(request.headers.cookie)[PURPOSE]
    return [
      ...(current === undefined ? [] : [{ value: current, name: 'current' } as const]),
      ...(former === undefined ? [] : [{ value: former, name: 'former' } as const]),
    ]
  }

  /** The `Set-Cookie` headers that set it, or keep it for longer, by its current name. @param life ms */
  set(request: IncomingMessage, { value, name }: ShownCookie, life: number): string[] {
    const set = this.#cookie.set(request, value, life)
    return name === 'current' ? [set] : [set, stringifySetCookie({ name: PURPOSE, value: '', path: '/', maxAge: 0 })]
  }

  /** The `Set-Cookie` headers that take it away. */
  clear(request: IncomingMessage): string[] {
    return this.#cookie.clear(request)
  }
}

/** Before the id of the installation was part of it, this was all of its name. */
const PURPOSE = 'belvedere_session'
