import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { must, signInOnPage, startHouse } from '../support/accounts.ts'
import { certificateIn, makeCertificate } from '../support/certificate.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { HttpProxy, type ProxyHabits } from '../support/http-proxy.ts'
import { startNginx } from '../support/nginx.ts'
import type { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { Visitor } from '../support/visitor.ts'

const DEPLOYMENT = readFileSync(join(import.meta.dirname, '../../docs/deployment.md'), 'utf8')

/** nginx's configuration below a heading of the documentation. */
function nginxBelow(heading: string): string {
  const [, section] = DEPLOYMENT.split(new RegExp(`^##+ ${heading}$`, 'm'))
  const [, block] = /```nginx\n(.*?)```/s.exec(section?.split(/^##+ /m)[0] ?? '') ?? []
  if (block === undefined) throw new Error(`deployment.md has no nginx below "${heading}"`)
  return block
}

const WITH_TLS = nginxBelow('With TLS')

const BEHIND_PROXY = { 'access.anonymous': 'none', 'http.trusted_proxies': '127.0.0.1' }

/** The documented configuration, with the addresses of the test. */
function documented(block: string, server: TestServer, port: number, folder: string): string {
  return block
    .replaceAll('listen 443', `listen 127.0.0.1:${port}`)
    .replaceAll('http://127.0.0.1:8000', server.url)
    .replaceAll(/\/etc\/letsencrypt\/live\/cams\.example\.org\/(fullchain|privkey)\.pem/g, (_, file: string) =>
      join(folder, file === 'fullchain' ? 'own.crt' : 'own.key'),
    )
    .replaceAll('/etc/nginx/', `${folder}/`)
}

/** The configuration with TLS, with another one in its `server { … }`. */
function inServer(block: string): string {
  return WITH_TLS.replace('location / {', `${block}\n    location / {`)
}

function withoutTls(text: string): string {
  return text.replace(/(listen \S+) ssl/, '$1').replaceAll(/ssl_certificate.*;/g, '')
}

describe('behind nginx as deployment.md configures it', () => {
  it('somebody signs in on the page and watches, over TLS on a port of its own, with a Secure cookie', async () => {
    const { server } = await startHouse({ config: BEHIND_PROXY })
    const [port, folder] = [await freePort(), temporaryFolder()]
    const ca = certificateIn(makeCertificate(folder))
    const url = `https://localhost:${port}`
    await startNginx(documented(WITH_TLS, server, port, folder), url)
    const visitor = new Visitor(url, { ca })
    expect((await visitor.session()).kind).toBe('anonymous')
    expect(await visitor.signIn()).toMatchObject({ status: 200 })
    expect(visitor.cookie).toContain('Secure')
    expect(await visitor.session()).toMatchObject({ kind: 'user', name: 'admin' })
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
  })

  it('below a path of a host with TLS too: the cookie is Secure and of the path, and the socket is there', async () => {
    const { server } = await startHouse({ config: BEHIND_PROXY })
    const [port, folder] = [await freePort(), temporaryFolder()]
    const ca = certificateIn(makeCertificate(folder))
    const url = `https://localhost:${port}`
    const [begin = ''] = WITH_TLS.split('location / {')
    await startNginx(documented(`${begin}${nginxBelow('Below a path of its host')}}`, server, port, folder), url)
    const visitor = new Visitor(`${url}/cameras`, { origin: url, ca })
    expect(await visitor.signIn()).toMatchObject({ status: 200 })
    expect(visitor.cookie).toMatch(/^belvedere_session_[\w-]+=.*Path=\/cameras;.*Secure/)
    expect(await visitor.session()).toMatchObject({ kind: 'user', name: 'admin' })
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
    const { status } = await new Visitor(url, { ca }).signIn()
    expect(status).toBe(404)
  })

  it('the password of nginx stands beside the cookie and beside a key in ?token=', async () => {
    const { server, admin } = await startHouse({ config: BEHIND_PROXY })
    await server.publish('North', 'gate')
    const { key } = await must(server, 'POST /keys', {
      token: admin,
      body: { name: 'tv', scope: 'view', labels: ['*'] },
    })
    const [port, folder] = [await freePort(), temporaryFolder()]
    const url = `http://127.0.0.1:${port}`
    // {PLAIN}: as nginx's own documentation has it.
    writeFileSync(join(folder, 'cams.htpasswd'), 'bob:{PLAIN}secret\n')
    await startNginx(withoutTls(documented(inServer(nginxBelow('A password of the proxy')), server, port, folder)), url)
    expect((await fetch(`${url}/session`)).status).toBe(401)
    const headers = { authorization: `Basic ${Buffer.from('bob:secret').toString('base64')}` }
    const visitor = new Visitor(url, { headers })
    expect(await visitor.signIn('wrong')).toMatchObject({ status: 401, body: { detail: 'Wrong username or password' } })
    expect(await visitor.signIn()).toMatchObject({ status: 200 })
    expect(await visitor.session()).toMatchObject({ name: 'admin' })
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
    const statusOf = async (path: string) => (await fetch(url + path, { headers })).status
    expect(await statusOf(`/streams?token=${String(key)}`)).toBe(200)
    expect(await statusOf(`/streams/North/gate/snapshot?token=${String(key)}`)).toBe(200)
    expect(await statusOf('/streams/North/gate/snapshot')).toBe(401)
  })
})

it('nginx that loses the port, as its own documentation has it, is told of it, and the named setting opens it', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { 'access.anonymous': 'none', 'http.public_origins': url }
  const [closed, open] = await Promise.all([
    startHouse({ config: { 'access.anonymous': 'none' } }),
    startHouse({ config: settings }),
  ])
  const other = await freePort()
  const front = (at: number, server: TestServer) => `server {
    listen 127.0.0.1:${at};
    location / {
      proxy_pass       ${server.url};
      proxy_set_header Host      $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
    }
  }`
  await startNginx(front(port, open.server) + front(other, closed.server), url)
  const told = await new Visitor(`http://127.0.0.1:${other}`).signIn()
  const detail = `Origin: "http://127.0.0.1:${other}" is not "127.0.0.1" (Host). Add it to http.public_origins`
  expect(told).toMatchObject({ status: 403, body: { detail: expect.stringContaining(detail) } })
  const visitor = new Visitor(url)
  expect(await visitor.signIn()).toMatchObject({ status: 200 })
  await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
})

describe('nginx with a log-in of its own, as deployment.md configures it', () => {
  it('leads to its log-in page once its session has ended, in place of each answer; before, all goes through', async () => {
    const { server } = await startHouse({ config: BEHIND_PROXY })
    let isLoggedIn = true
    const checker = createServer((_, response) => response.writeHead(isLoggedIn ? 204 : 401).end())
    checker.listen(0, '127.0.0.1')
    onTestFinished(() => void checker.close())
    await once(checker, 'listening')
    const { port: checkerPort } = checker.address() as AddressInfo
    const [port, folder] = [await freePort(), temporaryFolder()]
    const url = `http://127.0.0.1:${port}`
    const login = nginxBelow('A log-in of the proxy').replace('4180', String(checkerPort))
    await startNginx(withoutTls(documented(inServer(login), server, port, folder)), url)
    const visitor = new Visitor(url)
    expect(await visitor.signIn('wrong')).toMatchObject({ status: 401, body: { detail: 'Wrong username or password' } })
    expect(await visitor.signIn()).toMatchObject({ status: 200 })
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
    isLoggedIn = false
    const answer = await fetch(`${url}/session`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, expect.stringContaining('login.example.org')])
    await expect(visitor.hello()).rejects.toThrow('302')
  })
})

describe('a proxy that changes the address', () => {
  const name = 'cams.example.org:8443'
  const page = `https://${name}`

  /** Signs in as a page of `page`, whose browser says no more of it than the origin, as it is with http. */
  async function attempt(config: Readonly<Record<string, string>>, habits: ProxyHabits) {
    const { server } = await startHouse({ config: { 'access.anonymous': 'none', ...config } })
    const proxy = await HttpProxy.to(server.url, habits)
    const visitor = new Visitor(proxy.url, { origin: page })
    const { status, body } = await visitor.signIn()
    return { visitor, status, detail: String(body.detail ?? '') }
  }

  it.each([
    ['Vite’s changeOrigin', 'localhost:8000'],
    ['a lost port, as with “Host $host” in nginx', 'cams.example.org'],
  ])('is told of it, and the setting that is named opens sign-in and sockets: %s', async (_, host) => {
    const { status, detail } = await attempt({}, { host })
    expect(status).toBe(403)
    expect(detail).toContain(JSON.stringify(host))
    const [, setting = ''] = /(http\.\w+) if it is an address of this server/.exec(detail) ?? []
    const [, origin = ''] = /^Origin: "(.*?)"/.exec(detail) ?? []
    const opened = await attempt({ [setting]: origin }, { host })
    expect(opened.status).toBe(200)
    await expect(opened.visitor.hello()).resolves.toMatchObject({ type: 'hello' })
    await opened.visitor.signOut()
    expect((await opened.visitor.session()).kind).toBe('anonymous')
  })

  it('is trusted when it says the name of the page in X-Forwarded-Host, and else told what would make it so', async () => {
    const habits = { host: '127.0.0.1:8000', added: { 'x-forwarded-host': name } }
    const { status, visitor } = await attempt(BEHIND_PROXY, habits)
    expect(status).toBe(200)
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
    const untrusted = await attempt({}, habits)
    expect([untrusted.status, untrusted.detail]).toEqual([403, expect.stringContaining('http.trusted_proxies')])
  })

  it('closes sockets with the essence of it, as their reason has 123 bytes', async () => {
    const { server } = await startHouse({ config: { 'access.anonymous': 'none' } })
    const cookie = await signInOnPage(server, 'admin')
    const socket = await TestSocket.open(server.socketUrl('/ws/live'), { headers: { cookie, origin: page } })
    expect(await socket.closed).toEqual({
      code: 1008,
      reason: expect.stringMatching(/^Origin: .*http\.public_origins.*…$/),
    })
  })
})
