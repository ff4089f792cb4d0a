/**
 * The address of something on a server.
 * @param server "https://host/cameras": the server, perhaps below a path of its host
 * @param path "/app/settings.json"
 * @throws TypeError when `server` is no address
 */
export function onServer(server: string, path: string): URL {
  const address = new URL(server)
  return new URL(address.pathname.replace(/\/$/, '') + path, address)
}

/**
 * The server that a script of ours came from, by its address: "https://host/cameras". It is below the path that the server
 * is below, unless somebody has put a copy of the script elsewhere.
 */
export function serverOfScript(script: string): string {
  const { origin, pathname } = new URL(script)
  const [, base = ''] = /^(.*)\/static\/js\/[^/]+$/.exec(pathname) ?? []
  return origin + base
}
