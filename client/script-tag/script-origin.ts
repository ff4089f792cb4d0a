/*
 * Where a script-tag client was loaded from: that server is the one it talks to, also from a page of another site.
 */

import { onServer, serverOfScript } from '../server-path.ts'

/** The script element that is being run; known only while the file is run for the first time. */
const script = currentScript()

/** The address of a path on the server that this script was loaded from, else on that of the page. @param path "/stream/events" */
export function homeUrl(path: string): URL {
  return onServer(script ? serverOfScript(script.src) : location.origin, path)
}

/** Adds a file of the server's `/static/js/` to the page, and waits until it has run. @throws Error when it cannot be loaded */
export function loadScript(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    const src = homeUrl(`/static/js/${name}`).href
    element.src = src
    // For pages whose Content-Security-Policy asks for one.
    if (script?.nonce) element.nonce = script.nonce
    element.onload = () => resolve()
    element.onerror = () => {
      element.remove()
      reject(new Error(`${src} could not be loaded`))
    }
    document.head.append(element)
  })
}

function currentScript(): HTMLScriptElement | undefined {
  if (typeof document === 'undefined') return undefined
  const running = document.currentScript
  return running instanceof HTMLScriptElement && running.src !== '' ? running : undefined
}
