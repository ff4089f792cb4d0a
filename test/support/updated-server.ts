import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

/** What the page of the UpdatedServer says. */
export const NEW_PAGE = 'The page of the new version'

/**
 * A server of a later version, in the place of one that was closed: it speaks a protocol that pages of before do not
 * know, and has none of their files. Closed after the test.
 */
export async function startUpdatedServer(port: number): Promise<void> {
  const html = `<!doctype html><script type="module" src="/assets/index-new.js"></script><p>${NEW_PAGE}</p>`
  const server = createServer(({ url }, response) => {
    if (url?.startsWith('/assets/')) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) =>
    socket.send(JSON.stringify({ type: 'hello', protocol: 2, version: '9.0.0', now: Date.now() })),
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    sockets.close()
    server.closeAllConnections()
    server.close()
  })
}
