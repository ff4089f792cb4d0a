/**
 * Why a browser that has just signed in is not known at its next request: its cookie did not come along. `framed`: the page
 * is inside one of another site. `cookiesOff`: the browser keeps none. `cookieOverHttp`: perhaps it has one of https, which a
 * page of http does not replace ("Leave Secure Cookies Alone", RFC 6265bis); else something in between drops it, which is
 * what `cookieDropped` is on https.
 */
export type CookieTrouble = 'framed' | 'cookiesOff' | 'cookieOverHttp' | 'cookieDropped'

/** What the page knows of itself. */
export interface CookieFacts {
  readonly isFramed: boolean
  readonly keepsCookies: boolean
  readonly isHttps: boolean
}

/** The most likely cause. */
export function cookieTroubleOf({ isFramed, keepsCookies, isHttps }: CookieFacts): CookieTrouble {
  if (isFramed) return 'framed'
  if (!keepsCookies) return 'cookiesOff'
  return isHttps ? 'cookieDropped' : 'cookieOverHttp'
}

/** What this page knows of itself. */
export function cookieFacts(): CookieFacts {
  return {
    isFramed: window.parent !== window,
    keepsCookies: keepsCookies(),
    isHttps: location.protocol === 'https:',
  }
}

function keepsCookies(): boolean {
  const probe = 'belvedere_probe=1'
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is for pages of https only.
  document.cookie = `${probe}; SameSite=Strict`
  const isKept = document.cookie.includes(probe)
  // biome-ignore lint/suspicious/noDocumentCookie: as above
  document.cookie = `${probe}; SameSite=Strict; Max-Age=0`
  return isKept
}
