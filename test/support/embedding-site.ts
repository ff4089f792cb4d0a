import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Somebody else's site: one page, on an origin of its own, with a Content Security Policy. Closed after the test. */
export class EmbeddingSite {
  /** "http://127.0.0.1:…", also its origin. */
  readonly url: string
  /** The policy that is sent with the page. */
  policy = ''
  /** The whole document. */
  html = ''
  /** The style sheet of the page. */
  css = 'belvedere-stream { width: 320px }'

  private constructor(url: string) {
    this.url = url
  }

  static async start(): Promise<EmbeddingSite> {
    const server = createServer((request, response) => {
      if (request.url === '/style.css') response.writeHead(200, { 'content-type': 'text/css' }).end(site.css)
      // Chromium asks for an icon; without one it complains.
      else if (request.url !== '/') response.writeHead(204).end()
      else
        response
          .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': site.policy })
          .end(site.html)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const site = new EmbeddingSite(`http://127.0.0.1:${port}`)
    return site
  }

  /**
   * Makes the page of elements of a server, with the policy that docs/embed.md names and nothing beyond.
   * @param body HTML
   */
  embed(server: string, body: string, lang = 'en'): void {
    this.policy = `default-src 'self'; script-src ${server}; connect-src ${server} ${server.replace('http', 'ws')}`
    const script = `<script type="module" src="${server}/static/js/belvedere-stream.js"></script>`
    const head = `<title>Our cameras</title><link rel="stylesheet" href="/style.css">${script}`
    this.html = `<!doctype html><html lang="${lang}">${head}<main><h1>Cameras</h1>${body}</main></html>`
  }
}
