import { once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/command.ts'
import { RawConnection, rawRequest } from '../support/raw.ts'
import { TestServer, type TestServerOptions } from '../support/server.ts'

const INDEX = `<!doctype html>
<html lang="en">
  <head>
    <meta name="csp-nonce" content="__CSP_NONCE__" />
    <link rel="stylesheet" href="/assets/index-a1b2.css" />
  </head>
  <body><script type="module" src="/assets/index-a1b2.js"></script></body>
</html>
`

const JAVASCRIPT = /^(text|application)\/javascript; charset=utf-8$/

/** A folder as Vite leaves it. */
function builtPage(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), INDEX)
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(folder, 'assets/index-a1b2.js'), 'export {}')
  writeFileSync(join(folder, 'assets/index-a1b2.js.br'), 'compressed')
  writeFileSync(join(folder, 'assets/index-a1b2.css'), 'body {}')
  return folder
}

function start(config: TestServerOptions['config'] = {}): Promise<TestServer> {
  return TestServer.start({ pageDir: builtPage(), config })
}

/** The directives of an answer's policy by their names. */
function policyOf(response: Response): Record<string, string[]> {
  const policy = response.headers.get('content-security-policy') ?? ''
  return Object.fromEntries(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(' ')
      return [name, values]
    }),
  )
}

/** Sends a path as it stands, which clients would tidy up. @returns the whole answer */
async function getToTheLetter(server: TestServer, path: string): Promise<string> {
  const connection = await RawConnection.open(server.url)
  connection.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await connection.ended
  return connection.received.toString()
}

const ADDRESSES = [
  '/',
  '/?label=site&density=3',
  '/watch/site/camera',
  '/watch/a%2Fb%3F/%E5%B7%A5%E5%9C%B0%20%23%25',
  '/publish',
  '/app/connect',
  '/app/',
  '/app/anything/below',
]

describe('the web app', () => {
  it.each(ADDRESSES)('answers at %s with the page, which is asked for anew each time', async (path) => {
    const server = await start()
    const response = await server.get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('etag')).toBeNull()
    expect(response.headers.get('last-modified')).toBeNull()
    expect(await response.text()).toContain('<script type="module" src="/assets/index-a1b2.js">')
    const head = await rawRequest(server.url + path, { method: 'HEAD' })
    expect([head.status, head.headers['content-type'], head.body]).toEqual([200, 'text/html; charset=utf-8', ''])
  })

  it('takes names of the greatest length', async () => {
    const server = await start()
    const name = encodeURIComponent('😀'.repeat(200))
    expect((await server.get(`/watch/${name}/${name}`)).status).toBe(200)
  })

  it.each([
    '/nothing',
    '/watch',
    '/watch/site',
    '/watch/site/camera/more',
    '/publish/more',
    '/app',
    '/index.htm',
    '/assets/index-0000.js',
    '/assets/',
    '/custom.css',
    '/static/anything.css',
    '/.stamp',
  ])('says at %s as JSON that there is nothing', async (path) => {
    const response = await (await start()).get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ detail: `There is nothing at GET ${path}` })
  })

  it.each([...ADDRESSES, '/nothing'])('says at %s, when it is not built, how it is', async (path) => {
    const server = await TestServer.start({ pageDir: join(temporaryFolder(), 'none') })
    const response = await server.get(path)
    expect(response.status).toBe(path === '/nothing' ? 404 : 503)
    if (path !== '/nothing') expect(await response.json()).toEqual({ detail: expect.stringContaining('npm start') })
  })

  it('may keep its assets for ever, for there is a hash in their names, and nothing else', async () => {
    const server = await start()
    const script = await server.get('/assets/index-a1b2.js')
    expect(script.headers.get('content-type')).toMatch(JAVASCRIPT)
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const icon = await server.get('/icon.svg')
    expect(icon.headers.get('content-type')).toBe('image/svg+xml')
    expect(icon.headers.get('cache-control')).toBe('private, max-age=3600')
  })

  it('has its assets sent compressed, if the build did so, to whoever takes that', async () => {
    const server = await start()
    const asset = `${server.url}/assets/index-a1b2.js`
    const compressed = await rawRequest(asset, { headers: { 'accept-encoding': 'gzip, br' } })
    expect(compressed.body).toBe('compressed')
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': expect.stringMatching(JAVASCRIPT),
      'cache-control': 'public, max-age=31536000, immutable',
    })
    const plain = await rawRequest(asset)
    expect([plain.body, plain.headers['content-encoding']]).toEqual(['export {}', undefined])
    expect(plain.headers.vary).toMatch(/accept-encoding/i)
  })
})

describe('the policy of the page', () => {
  it('lets nothing in that is inline or of others, but for style elements with the nonce of this answer', async () => {
    const server = await start()
    const response = await server.get('/watch/site/camera')
    const nonce = /content="([^"]+)"/.exec(await response.text())?.[1] ?? ''
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16)
    expect(policyOf(response)).toEqual({
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'connect-src': ["'self'"],
      'img-src': ["'self'", 'blob:', 'data:'],
      'media-src': ["'self'", 'blob:'],
      'worker-src': ["'self'"],
      'font-src': ["'self'"],
      'style-src': ["'self'", `'nonce-${nonce}'`],
      'object-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'self'"],
    })
  })

  it('has another nonce in each answer', async () => {
    const server = await start()
    const nonces = new Set<string>()
    for (let i = 0; i < 5; i++) nonces.add(policyOf(await server.get('/'))['style-src']?.join() ?? '')
    expect(nonces.size).toBe(5)
  })

  it('lets it use the camera and the full screen, no microphone, and no window of others', async () => {
    const server = await start()
    const { headers } = await server.get('/')
    expect(headers.get('permissions-policy')).toBe('camera=(self), fullscreen=(self), microphone=(), geolocation=()')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    // Browsers send no Sec-Fetch-Mode where they ignore the policy and say so in their console: on plain HTTP by a host name.
    const [response] = await once(get(server.url), 'response')
    expect(response.headers['cross-origin-opener-policy']).toBeUndefined()
    response.resume()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it.each(['/assets/index-a1b2.js', '/streams', '/nothing', '/app/settings.json'])(
    'is there without a nonce at %s',
    async (path) => {
      const policy = policyOf(await (await start()).get(path))
      expect([policy['default-src'], policy['style-src']]).toEqual([["'self'"], ["'self'"]])
    },
  )

  it('lets the documentation style its elements, and no more', async () => {
    const server = await start()
    const [docs, page] = [policyOf(await server.get('/docs')), policyOf(await server.get('/streams'))]
    expect(docs).toEqual({ ...page, 'style-src': ["'self'", "'unsafe-inline'"] })
  })
})

describe('an address that there is nothing at', () => {
  it('is answered in words to a person, and in JSON to a program', async () => {
    const server = await start()
    const person = await server.get('/wall', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    expect([person.status, person.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    const program = await server.get('/wall', { accept: '*/*' })
    expect([program.status, await program.json()]).toEqual([404, { detail: 'There is nothing at GET /wall' }])
  })
})

describe('page.custom_css', () => {
  it('is linked behind all other style sheets, and served', async () => {
    const file = join(temporaryFolder(), 'own.css')
    writeFileSync(file, 'body { color: teal }')
    const server = await start({ 'page.custom_css': file })
    const html = await (await server.get('/')).text()
    const links = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href ?? '')
    expect(links).toEqual(['/assets/index-a1b2.css', expect.stringMatching(/^\/custom\.css\?v=[\w-]{12}$/)])
    const css = await server.get(links[1] ?? '')
    expect(css.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(await css.text()).toBe('body { color: teal }')
    const again = await server.get('/custom.css', { 'if-none-match': css.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  it('shows a change of the file when the page is loaded the next time, and lives on without the file', async () => {
    const file = join(temporaryFolder(), 'own.css')
    writeFileSync(file, 'a {}')
    const server = await start({ 'page.custom_css': file })
    const link = async () => /\/custom\.css\?v=[\w-]+/.exec(await (await server.get('/')).text())?.[0] ?? ''
    const before = await link()
    // As editors do it.
    writeFileSync(`${file}.new`, 'b {}')
    renameSync(`${file}.new`, file)
    const after = await link()
    expect(after).not.toBe(before)
    expect(await (await server.get(after)).text()).toBe('b {}')
    unlinkSync(file)
    expect(await link()).toBe(after)
    expect(await (await server.get(after)).text()).toBe('b {}')
  })
})

describe('http.static_dir', () => {
  /** A folder of an operator's beside a file that is none of the world's business. */
  function ownFiles(): string {
    const outer = temporaryFolder()
    const folder = join(outer, 'own')
    mkdirSync(join(folder, 'sub/.git'), { recursive: true })
    writeFileSync(join(outer, 'secret.txt'), 'secret')
    writeFileSync(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    writeFileSync(join(folder, 'a note ü.txt'), '0123456789')
    writeFileSync(join(folder, 'help.html'), '<!doctype html><p>Help</p>')
    writeFileSync(join(folder, 'sub/data.json'), '{}')
    writeFileSync(join(folder, '.env'), 'secret')
    writeFileSync(join(folder, 'sub/.git/config'), 'secret')
    symlinkSync(join(outer, 'secret.txt'), join(folder, 'linked.txt'))
    return folder
  }

  const withOwnFiles = () => start({ 'http.static_dir': ownFiles() })

  it.each([
    ['/static/logo.svg', 'image/svg+xml'],
    ['/static/a%20note%20%C3%BC.txt', 'text/plain; charset=utf-8'],
    ['/static/help.html', 'text/html; charset=utf-8'],
    ['/static/sub/data.json', 'application/json; charset=utf-8'],
    // Where the operator's links lead is the operator's wish.
    ['/static/linked.txt', 'text/plain; charset=utf-8'],
  ])('is served: %s as %s', async (path, type) => {
    const server = await withOwnFiles()
    const response = await server.get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(policyOf(response)['script-src']).toEqual(["'self'"])
    const known = { 'if-none-match': response.headers.get('etag') ?? '' }
    expect((await rawRequest(server.url + path, { headers: known })).status).toBe(304)
    expect((await rawRequest(server.url + path, { method: 'HEAD' })).status).toBe(200)
  })

  it('runs scripts in the HTML only where the operator allows it', async () => {
    const server = await start({ 'http.static_dir': ownFiles(), 'http.static_inline': 'true' })
    const policy = policyOf(await server.get('/static/help.html'))
    expect([policy['script-src'], policy['style-src']]).toEqual(Array(2).fill(["'self'", "'unsafe-inline'"]))
    expect(policy['default-src']).toEqual(["'self'"])
    expect(policyOf(await server.get('/', { accept: 'text/html' }))['script-src']).toEqual(["'self'"])
  })

  it('is served in parts', async () => {
    const server = await withOwnFiles()
    const response = await server.get('/static/a%20note%20%C3%BC.txt', { range: 'bytes=2-4' })
    expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 2-4/10'])
    expect(await response.text()).toBe('234')
  })

  it.each([
    '/static/',
    '/static/sub',
    '/static/sub/',
    '/static/nothing.txt',
    '/static/.env',
    '/static/%2Eenv',
    '/static/sub/.git/config',
    '/static/../secret.txt',
    '/static/%2e%2e/secret.txt',
    '/static/..%2Fsecret.txt',
    '/static/sub/../../secret.txt',
    '/static/sub/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/static/..%5Csecret.txt',
    '/static//etc/passwd',
    '/static/%2Fetc%2Fpasswd',
    '/static/logo.svg%00.txt',
    '/static/sub/./data.json',
  ])('gives nothing at %s', async (path) => {
    const answer = await getToTheLetter(await withOwnFiles(), path)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toMatch(/\{"detail":"There is nothing at GET [^"]+"\}$/)
  })

  it('gives a sentence for an address that is none', async () => {
    expect(await getToTheLetter(await withOwnFiles(), '/static/%zz')).toMatch(/^HTTP\/1\.1 400 .*\{"detail":"/s)
  })
})

describe('the addresses of the old pages', () => {
  it.each([
    ['/connect', '/app/connect'],
    ['/connect?lang=a%20b&x=//y', '/app/connect?lang=a%20b&x=//y'],
    ['/index.html', '/'],
    ['/index.html?x=1', '/'],
    ['/label.html?label=site', '/?label=site'],
    ['/label.html?label=a%2Fb+%26%E5%B7%A5', '/?label=a%2Fb%20%26%E5%B7%A5'],
    ['/label.html', '/'],
    ['/label.html?label=', '/'],
    [`/label.html?label=${'a'.repeat(201)}`, '/'],
    ['/label.html?label=a%0D%0Ab', '/'],
    ['/camera.html?label=site&key=cam', '/watch/site/cam'],
    ['/camera.html?key=b%2Fc%3F%23&label=%E5%B7%A5%E5%9C%B0+1', '/watch/%E5%B7%A5%E5%9C%B0%201/b%2Fc%3F%23'],
    ['/camera.html?label=a?b&key=c', '/watch/a%3Fb/c'],
    ['/camera.html?label=site', '/'],
    ['/camera.html?key=cam', '/'],
    [`/camera.html?label=site&key=${'%F0%9F%98%80'.repeat(201)}`, '/'],
    ['/camera.html?label=..&key=..', '/'],
    ['/camera.html?label=%00&key=cam', '/'],
    ['/camera.html?label=%2F%2Fexample.org&key=x', '/watch/%2F%2Fexample.org/x'],
  ])('lead from %s to %s', async (from, to) => {
    const answer = await rawRequest((await start()).url + from)
    expect([answer.status, answer.headers.location]).toEqual([302, to])
  })
})

describe('GET /app/settings.json', () => {
  const NAMES =
    'Hardhat|Mask|NO-Hardhat|NO-Mask|NO-Safety Vest|Person|Safety Cone|Safety Vest|Machinery|Utility Pole|Vehicle'

  it('says which version runs and what the classes are called', async () => {
    const response = await (await start()).get('/app/settings.json')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await response.json()).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      class_names: [{ labels: '*', names: NAMES.split('|') }],
    })
  })

  it('holds the names that were configured, in their order', async () => {
    const server = await start({ 'labels.class_names': 'door=cat|dog,site-?=Person' })
    expect(await (await server.get('/app/settings.json')).json()).toMatchObject({
      class_names: [
        { labels: 'door', names: ['cat', 'dog'] },
        { labels: 'site-?', names: ['Person'] },
      ],
    })
  })

  it('is for those who may watch', async () => {
    const answer = await rawRequest(`${(await start()).url}/app/settings.json`, { headers: { host: 'evil.example' } })
    expect(answer.status).toBeGreaterThanOrEqual(401)
    expect(answer.body).toMatch(/^\{"detail":"/)
  })
})
