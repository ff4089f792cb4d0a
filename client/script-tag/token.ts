/** A token, or where to get a current one; a function is called before each attempt. */
export type Token = string | (() => string | undefined | Promise<string | undefined>)

/**
 * The token for a request: the given one, else the one in the page's own address (`/static/doorbell.html?token=…`), which
 * only the page's own server gets. A cookie needs none.
 * @param url the address that it is for; one with a token of its own needs no other
 */
export async function tokenFor(url: URL, token: Token | undefined): Promise<string | undefined> {
  if (token !== undefined) return typeof token === 'function' ? token() : token
  if (url.searchParams.has('token') || url.host !== location.host) return undefined
  return new URLSearchParams(location.search).get('token') ?? undefined
}
