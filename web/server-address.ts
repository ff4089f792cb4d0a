/*
 * Where this page's server is. The only place that makes addresses of ours: a proxy may serve us below a path of its
 * host (`http.base_path`), and the router alone knows nothing of requests, of full page loads, and of what is shown to people.
 */

/** What paths of ours begin with, "/cameras", as the server has written it into the document; empty: nothing. */
export const BASE_PATH = basePathOf(globalThis.document)

/**
 * Goes below the base path if the page was opened at the server itself, past the proxy: the router would find no page here.
 * Call it before everything else.
 * @returns whether it goes there: then nothing is to be rendered here
 */
export function enterBasePath(): boolean {
  const { pathname, search, hash } = location
  if (pathname === BASE_PATH || pathname.startsWith(`${BASE_PATH}/`)) return false
  location.replace(serverUrl(pathname + search + hash))
  return true
}

/** The address of a path of ours: "https://host/cameras/watch/a/b". @param path begins with "/"; left out: the server's own */
export function serverUrl(path = ''): string {
  return location.origin + BASE_PATH + path
}

/** The origin that this page was opened at, as settings of the server name it. */
export function pageOrigin(): string {
  return location.origin
}

/** The path that the page is at, as the router sees it. */
export function pagePath(): string {
  const { pathname } = location
  return pathname === BASE_PATH ? '/' : pathname.slice(BASE_PATH.length)
}

/** Goes to another page, as a full page load: no state of this one remains. @param path as the router has it */
export function goTo(path: string): void {
  location.assign(serverUrl(path))
}

/** Takes the fragment out of the address, or puts another into it, without going anywhere. @param hash empty, or with its "#" */
export function replaceFragment(hash: string): void {
  history.replaceState(history.state, '', location.pathname + location.search + hash)
}

function basePathOf(document: Document | undefined): string {
  return document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? ''
}
