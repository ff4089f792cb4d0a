import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startHouse } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { RawConnection, rawRequest } from '../support/raw.ts'
import { authorized, type TestServer } from '../support/server.ts'

const ASSETS = ['/assets/index-a1b2.js', '/assets/index-a1b2.css']

/** What is not in the description of the API: pages, files, redirects, sockets over HTTP, and what there is not. */
const HIDDEN = [
  ...['/', '/watch/North/gate', '/publish', '/app/connect', '/custom.css', '/icon.svg', '/static/logo.svg'],
  ...['/index.html', '/label.html', '/camera.html', '/connect', '/logout', '/login', '/metrics', '/favicon.ico'],
  ...['/openapi.json', '/docs', '/docs/', '/docs/json', '/docs/static/swagger-ui.css', '/docs/static/none.js'],
  ...['/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=9', '/socket.io/socket.io.js', '/ws/live'],
  ...['/nothing', '/assets/', '/assets/none.js', '/static/none.js', '/%zz'],
]

/** The page as Vite leaves it, and an operator's own files. */
function files() {
  const [page, own] = [temporaryFolder(), temporaryFolder()]
  mkdirSync(join(page, 'assets'))
  writeFileSync(join(page, 'index.html'), '<!doctype html><html><head></head></html>')
  for (const asset of ASSETS) writeFileSync(join(page, asset), '/**/')
  mkdirSync(join(page, 'static/js'), { recursive: true })
  writeFileSync(join(page, 'static/js/socket.io.min.js'), '')
  for (const file of [join(page, 'icon.svg'), join(own, 'logo.svg')]) writeFileSync(file, '<svg/>')
  writeFileSync(join(own, 'own.css'), '')
  return { page, own }
}

/** Every call that the API's description has, with names in place of parameters. */
async function describedCalls(server: TestServer): Promise<string[]> {
  const { paths } = (await (await server.get('/openapi.json')).json()) as { paths: Record<string, object> }
  return Object.entries(paths).flatMap(([path, methods]) => {
    const filled = path
      .replace('{label}', 'North')
      .replace('{key}', 'gate')
      .replace(/\{\w+\}/g, 'none')
    return Object.keys(methods).map((method) => `${method.toUpperCase()} ${filled}`)
  })
}

/** Whether a cache that many share may answer somebody with it, as RFC 9111 has it (heuristics included). */
function isForAll(headers: Headers): boolean {
  return !/no-store|private/.test(headers.get('cache-control') ?? '')
}

it('a cache in front of the server may keep the assets of the page, and no other answer', async () => {
  const { page, own } = files()
  const config = {
    'http.static_dir': own,
    'page.custom_css': join(own, 'own.css'),
    'http.allowed_origins': 'https://site.example',
    'snapshot.max_wait_s': 1,
  }
  const { server, admin } = await startHouse({ pageDir: page, config })
  await server.publish('North', 'gate')
  const calls = [...HIDDEN.map((path) => `GET ${path}`), ...(await describedCalls(server))]
  expect(calls.length).toBeGreaterThan(90)
  const asked = async (call: string, headers: Record<string, string>) => {
    const [method = '', path = ''] = call.split(' ')
    const answer = await fetch(server.url + path, { method, headers, redirect: 'manual' })
    await answer.body?.cancel()
    return answer
  }
  const browser = { accept: 'text/html' }
  // With a token only what changes nothing: it would be ended.
  const reading = calls.filter((call) => call.startsWith('GET ') && call !== 'GET /logout')
  const known = authorized(admin)
  for (const [headers, some] of [
    [browser, calls],
    [known, reading],
    [{ ...known, origin: 'https://site.example' }, reading],
  ] as const)
    for (const call of some) {
      const answer = await asked(call, headers)
      const said = `${call} ${answer.status} ${answer.headers.get('cache-control')}`
      // The contract has its words; it never ends, so that no cache has all of it.
      if (answer.headers.get('content-type') === 'text/event-stream') expect(said).toMatch(/no-cache, no-transform$/)
      else expect(isForAll(answer.headers), said).toBe(false)
      // What the answer to a page of another site says may not be given to a page of a third one.
      if (!call.includes('%zz')) expect(answer.headers.get('vary') ?? '', said).toMatch(/origin/i)
    }
  /** As browsers ask again; `fetch` would say that it wants no answer of a cache. */
  const askedAgain = async (path: string) => {
    const { headers } = await asked(`GET ${path}`, known)
    const again = { ...known, 'if-none-match': headers.get('etag') ?? '' }
    const answer = await rawRequest(server.url + path, { headers: again })
    return { headers, status: answer.status, kept: answer.headers['cache-control'] }
  }
  for (const asset of ASSETS) {
    const { headers, ...again } = await askedAgain(asset)
    expect(again).toEqual({ status: 304, kept: 'public, max-age=31536000, immutable' })
    expect(headers.get('cache-control')).toBe(again.kept)
    expect(headers.get('vary')).toMatch(/origin, accept-encoding/i)
  }
  for (const path of ['/streams/North/gate/snapshot', '/static/logo.svg', '/custom.css'])
    expect(await askedAgain(path)).toMatchObject({ status: 304, kept: 'private, no-cache' })
  const preflight = { origin: 'https://site.example', 'access-control-request-method': 'GET' }
  expect(isForAll((await asked('OPTIONS /streams', preflight)).headers)).toBe(false)

  // What never reaches the application.
  for (const request of ['GET / HTTP/1.1\r\nHost: a\r\nHost: b', 'GET / HTTP/1.1\r\nHost localhost', 'nonsense']) {
    const connection = await RawConnection.open(server.url)
    connection.write(`${request}\r\n\r\n`)
    await connection.ended
    expect(connection.received.toString()).toMatch(/^HTTP\/1\.1 400 .*cache-control: no-store\r\n/is)
  }
})
