/**
 * Makes the URL of a WebSocket route.
 * @param url "http://…" or "ws://…" (or https, wss): the server, perhaps below a path of its host, or the route itself
 * @param route "/ws/live", added to the path of `url` unless that ends with it
 * @throws TypeError when `url` is invalid or has another scheme
 */
export function socketAddress(url: string, route: string): URL {
  const address = parse(url)
  const scheme = SCHEMES.get(address.protocol)
  if (scheme === undefined) throw notAnAddress(url)
  address.protocol = scheme
  const path = address.pathname.replace(/\/$/, '')
  if (!path.endsWith(route)) address.pathname = path + route
  address.hash = ''
  return address
}

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
])

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch {
    throw notAnAddress(url)
  }
}

function notAnAddress(url: string): TypeError {
  return new TypeError(`url must begin with http://, https://, ws:// or wss://, not ${JSON.stringify(url)}`)
}
