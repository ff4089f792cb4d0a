import { parseSetCookie } from 'cookie'
import type { Asked } from './accounts.ts'

/** The cookies of one host in a browser, whatever its ports: by name and path. */
export class CookieJar {
  readonly #cookies = new Map<string, { readonly name: string; readonly value: string; readonly path: string }>()

  /** The names of all cookies. */
  get names(): string[] {
    return [...this.#cookies.values()].map(({ name }) => name)
  }

  /** Sets a cookie for all paths. */
  set(name: string, value: string): void {
    this.#cookies.set(`/ ${name}`, { name, value, path: '/' })
  }

  /** Takes what a response sets. */
  take({ headers }: Pick<Asked, 'headers'>): void {
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const { name, value = '', path = '/', maxAge, secure } = parseSetCookie(line)
      if (name.startsWith('__Host-') && (path !== '/' || !secure)) throw new Error(`browsers refuse ${line}`)
      const id = `${path} ${name}`
      if (maxAge === 0) this.#cookies.delete(id)
      else this.#cookies.set(id, { name, value, path })
    }
  }

  /** The `Cookie` header of a request; those with longer paths first. */
  header(path: string): string {
    return [...this.#cookies.values()]
      .filter((each) => path === each.path || path.startsWith(each.path.endsWith('/') ? each.path : `${each.path}/`))
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}
