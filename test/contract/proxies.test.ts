import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { must, signInOnPage, startHouse } from '../support/accounts.ts'
import { certificateIn, makeCertificate } from '../support/certificate.ts'
import { temporaryFolder } from '../support/command.ts'
import { HttpProxy, type ProxyHabits } from '../support/http-proxy.ts'
import { startNginx } from '../support/nginx.ts'
import { freePort } from '../support/redis-server.ts'
import type { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { Visitor } from '../support/visitor.ts'

/** The blocks of nginx's configuration in the documentation. */
const DOCUMENTED = [
  ...readFileSync(join(import.meta.dirname, '../../docs/deployment.md'), 'utf8').matchAll(/```nginx\n(.*?)```/gs),
].map(([, block = '']) => block)

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

describe('behind nginx as deployment.md configures it', () => {
  it('somebody signs in on the page and watches, over TLS on a port of its own, with a Secure cookie', async () => {
    const { server } = await startHouse({ config: BEHIND_PROXY })
    const [port, folder] = [await freePort(), temporaryFolder()]
    const ca = certificateIn(makeCertificate(folder))
    const url = `https://localhost:${port}`
    await startNginx(documented(DOCUMENTED[0] ?? '', server, port, folder), url)
    const visitor = new Visitor(url, { ca })
    expect((await visitor.session()).kind).toBe('anonymous')
    expect(await visitor.signIn()).toMatchObject({ status: 200 })
    expect(visitor.cookie).toContain('Secure')
    expect(await visitor.session()).toMatchObject({ kind: 'user', name: 'admin' })
    await expect(visitor.hello()).resolves.toMatchObject({ type: 'hello' })
  })

  it('the password of nginx stands beside the cookie and beside a key in ?token=', async () => {
    const { server, admin } = await startHouse({ config: BEHIND_PROXY })
    await server.publish('North', 'gate')
    const { key } = await must(server, 'POST /keys', {
      token: admin,
      body: { name: 'tv', scope: 'view', labels: ['*'] },
    })
    const [port, folder] = [await freePort(), temporaryFolder()]
    makeCertificate(folder)
    const url = `http://127.0.0.1:${port}`
    // {PLAIN}: as nginx's own documentation has it.
    writeFileSync(join(folder, 'cams.htpasswd'), 'bob:{PLAIN}secret\n')
    const [tls = '', basic = ''] = DOCUMENTED
    const plain = tls.replace('listen 443 ssl', 'listen 443').replaceAll(/ssl_certificate.*;/g, '')
    await startNginx(documented(plain.replace('location / {', `${basic}\n    location / {`), server, port, folder), url)
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
      reason: expect.stringMatching(/^Origin: .*http\.public_origins/),
    })
  })
})
