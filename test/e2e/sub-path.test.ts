import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectChromium, openPage } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { startNginx } from '../support/nginx.ts'
import { PASSWORD, startWithAdmin } from '../support/people.ts'
import { administer, fillSignIn } from '../support/sign-in.ts'
import { Source } from '../support/source.ts'
import { untilSeen } from '../support/until.ts'

let browser: Browser
beforeAll(async () => {
  browser = await connectChromium()
})
afterAll(() => browser.close())

/** As docs/deployment.md has it: one location takes the path off and says so, the other passes it on. */
function configuration(port: number, stripped: string, passed: string): string {
  const headers = `
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $upgrade_or_not;
    proxy_buffering off;`
  return `
    map $http_upgrade $upgrade_or_not { default upgrade; "" ""; }
    server {
      listen 127.0.0.1:${port};
      location /cameras/ { proxy_pass ${stripped}/; proxy_set_header X-Forwarded-Prefix /cameras; ${headers} }
      location /lab/ { proxy_pass ${passed}; ${headers} }
      location /ready { return 200; }
    }`
}

const CLOSED = { 'access.anonymous': 'none', 'http.trusted_proxies': '127.0.0.1' }

/** Notes the addresses that a page asks for from now on, and opens sockets to. */
function note(page: Page, asked: string[]): void {
  page.on('request', (request) => asked.push(request.url()))
  page.on('websocket', (socket) => asked.push(socket.url().replace('ws', 'http')))
}

it('below a path of its host everything works, whether the proxy takes the path off or passes it on', async () => {
  const { server, admin } = await startWithAdmin(CLOSED)
  const lab = await startWithAdmin({ ...CLOSED, 'http.base_path': '/lab' })
  for (const { url } of [server, lab.server]) new Source(url, { label: 'North', key: 'gate' })
  const port = await freePort()
  const host = `http://127.0.0.1:${port}`
  await startNginx(configuration(port, server.url, lab.server.url), `${host}/ready`)
  const base = `${host}/cameras`
  const asked: string[] = []

  const { page } = await openPage(browser, `${base}/watch/North/gate`, {
    mayComplain: /Failed to load resource.*401/,
    prepare: async (page) => note(page, asked),
  })
  await fillSignIn(page, 'admin', PASSWORD)
  await page.locator('section[data-kind=live]').waitFor()
  expect(page.url()).toBe(`${base}/watch/North/gate`)

  // By links of the router, and as full page loads.
  await page.goto(base)
  const tile = page.locator('a[data-kind=live]')
  await tile.waitFor()
  expect(await tile.getAttribute('href')).toBe('/cameras/watch/North/gate')
  await page.goto(`${base}/publish`)
  await page.getByLabel('Label').waitFor()
  await page.goto(`${base}/app/connect`)
  await page.getByText(`${base}/frames`).first().waitFor()
  await page.goto(`${base}/app/users`)
  await page.getByText('admin').first().waitFor()
  await page.goto(`${base}/docs`)
  await page.getByText('/streams/{label}/{key}').first().waitFor()
  expect(await page.evaluate(async () => (await (await fetch('/cameras/openapi.json')).json()).servers)).toEqual([
    { url: '/cameras' },
  ])

  // Clients of pages, from where their script is.
  await page.goto(`${base}/login`)
  for (const script of ['event-stream.js', 'websocket-client.js', 'video-stream.js'])
    await page.addScriptTag({ url: `${base}/static/js/${script}` })
  const told = await page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const heard = new Set<string>()
        const hear = (what: string) => {
          heard.add(what)
          if (heard.size === 2) resolve([...heard].sort())
        }
        const events = new EventStreamClient()
        events.on('connected', () => hear('events'))
        events.connect()
        const socket = new WebSocketClient()
        socket.on('server_connected', () => hear('socket'))
        socket.connect()
      }),
  )
  expect(told).toEqual(['events', 'socket'])

  // Out again by the page itself, which a form without scripts would do too.
  await page.goto(`${base}/logout`)
  await page.getByRole('heading', { name: 'Sign in to Belvedere' }).waitFor()
  expect(new URL(page.url()).pathname).toMatch(/^\/cameras\//)

  // A share link, made through the proxy.
  const expires_at = Date.now() + 3_600_000
  const link = { name: 'a guest', streams: [{ label: 'North', key: 'gate' }], expires_at }
  const { token } = await administer(server, admin, 'POST', '/links', link)
  await page.goto(`${base}/app/shared#token=${token}`)
  await page.locator('section[data-kind=live]').waitFor()
  expect(new URL(page.url()).pathname).toBe('/cameras/watch/North/gate')
  const strayed = asked.filter((url) => !url.startsWith(`${base}/`) && url !== base && !url.startsWith('blob:'))
  expect(strayed).toEqual([])

  // The other server, beside it; opened past the proxy its page goes below the path as well.
  const { page: direct } = await openPage(browser, `${lab.server.url}/watch/North/gate`, { mayComplain: /401/ })
  await direct.waitForURL(`${lab.server.url}/lab/app/sign-in?**`)
  await page.goto(`${host}/lab/`)
  await fillSignIn(page, 'admin', PASSWORD)
  await page.locator('a[data-kind=live][href="/lab/watch/North/gate"]').waitFor()
  await untilSeen(async () => {
    const cookies = await page.context().cookies()
    return (
      cookies
        .map(({ name, path }) => `${name.replace(/^(belvedere_[a-z]+)_.*/, '$1')} ${path}`)
        .sort()
        .join() === 'belvedere_guest /cameras,belvedere_session /lab'
    )
  }, 'one cookie is of the guest, the other of the sign-in at the other server')
}, 240_000)
