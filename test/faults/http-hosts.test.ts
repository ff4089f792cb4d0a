import { expect, it } from 'vitest'
import { ask, refused } from '../support/accounts.ts'
import { RawConnection } from '../support/raw.ts'
import { TestServer } from '../support/server.ts'

const shared = TestServer.ofFile({
  config: { 'http.trusted_proxies': '127.0.0.1', 'limits.login_tries': 2, 'limits.login_delay_s': 0 },
})

/** What the server answers to a text. */
async function answerTo(server: TestServer, request: string): Promise<string> {
  const connection = await RawConnection.open(server.url)
  connection.write(request)
  await connection.ended
  return Buffer.from(connection.received).toString()
}

it.each(['/streams', '/nothing', '/login'])('a request to %s with two hosts is refused', async (path) => {
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\nConnection: close\r\n\r\n`
  const answer = await answerTo(await shared(), request)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain('{"detail":"Host: must be given once."}')
})

it.each(['/ws/live', '/nothing'])('an upgrade of %s with two hosts is refused before anything else', async (path) => {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n${upgrade}\r\n${key}\r\n\r\n`
  expect(await answerTo(await shared(), request)).toMatch(/^HTTP\/1\.1 400 /)
})

it('who guesses passwords gets no new address from a port or a made-up word', async () => {
  const server = await shared()
  const guess = (forwardedFor: string, username: string) =>
    ask(server, 'POST /login', {
      headers: { 'x-forwarded-for': forwardedFor },
      body: { username, password: 'wrong' },
    })
  for (const [what, forwardedFor] of [
    ['ports', (i: number) => `203.0.113.5:${5000 + i}`],
    ['words', (i: number) => `word${i}`],
  ] as const) {
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await guess(forwardedFor(i), `${what} ${i}`)).status)
    expect(statuses, what).toEqual([401, 401, 401, 429])
  }
  expect(await guess('203.0.113.6:1', 'somebody else')).toMatchObject(refused(401))
})
