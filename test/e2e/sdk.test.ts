import { expect, it, onTestFinished } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { TestServer } from '../support/server.ts'

/** What a page's own script would be. A text, since the tests' tool rewrites imports in functions. */
const SCRIPT = `(async () => {
  const { LiveClient } = await import('/static/js/belvedere.js')
  const client = new LiveClient(location.origin)
  return new Promise((resolve) => {
    client.watch({
      async onFrame(frame) {
        const { width, height } = await createImageBitmap(frame.blob)
        client.disconnect()
        resolve({ stream: frame.stream, width, height, state: client.state })
      },
    })
    client.connect()
  })
})()`

it('is served as one file that a script of any page of this server can use', async () => {
  const server = await TestServer.start()
  await server.publish('site', 'camera')
  const file = await server.get('/static/js/belvedere.js')
  expect(file.headers.get('content-type')).toMatch(/^(text|application)\/javascript/)
  expect(file.headers.get('cache-control')).toBe('private, no-cache')
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  // An address without an icon, which Chromium asks for all the same.
  const { page } = await openPage(browser, `${server.url}/healthz`, { mayComplain: /404/ })
  const seen = await page.evaluate(SCRIPT)
  expect(seen).toEqual({ stream: { label: 'site', key: 'camera' }, width: 16, height: 8, state: 'disconnected' })
})
