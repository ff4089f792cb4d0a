/**
 * Where something is controlled (RFC 2326, appendix C.1.1). As most clients do it, a relative address is put behind the
 * base, whatever the base ends with: cameras count on that, and put queries into it.
 * @param base of the description (`baseUrl`)
 * @param control what the description says
 */
export function controlUrl(base: string, control: string | undefined): string {
  if (control === undefined || control === '' || control === '*') return base
  if (isRtspUrl(control)) return withoutUser(control)
  if (control.startsWith('?') || !control.startsWith('/') === base.endsWith('/')) return base + control
  return base.endsWith('/') ? base + control.slice(1) : `${base}/${control}`
}

/**
 * What relative addresses of a description are relative to.
 * @param asked where the description was asked for
 * @param given the fields Content-Base and Content-Location, if the answer has them
 */
export function baseUrl(asked: string, given: readonly (string | undefined)[]): string {
  const base = given.find((each) => each !== undefined && each !== '')
  if (base === undefined) return asked
  if (isRtspUrl(base)) return withoutUser(base)
  const [host = asked] = /^[a-z]+:\/\/[^/?#]*/i.exec(asked) ?? []
  return host + (base.startsWith('/') ? base : `/${base}`)
}

/** Whether it is an absolute address of RTSP. */
export function isRtspUrl(url: string | undefined): boolean {
  return /^rtsp[su]?:\/\//i.test(url ?? '')
}

/** Some cameras repeat the user and the password of other clients. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1')
}
