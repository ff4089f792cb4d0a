import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PASSWORD_COST } from '../../src/access/password-hasher.ts'
import { type Attempt, claims, Fortress, forged, opened, TOKEN_SECRET } from '../support/intruder.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg, png } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, type Fields, formOf, KEY } from '../support/server.ts'
import { imgMessage, type TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/*
 * Attacks. Each must be refused with the right status or close code, and stand in the audit trail and in the log; and
 * after each test (`Fortress`) no token, password or key that was sent stands in either.
 */

const WATCHING = (label: string, key: string) => [
  `/ws/labels/${label}`,
  `/ws/stream/${label}/${key}`,
  `/api/ws/labels/${label}`,
  `/api/ws/stream/${label}/${key}`,
]
const HS256 = { alg: 'HS256', typ: 'JWT' }

/** A sign-in that has to wait is refused, rather than answered late: these tests do not wait. */
const REFUSING = { 'limits.login_delay_s': 0 }

/** A server with a stream on each of two sites, and a user of the first. */
async function twoSites(config: Readonly<Record<string, string | number>> = {}) {
  const fortress = await Fortress.start(config)
  const { server } = fortress
  await server.publish('site-a', 'gate')
  await server.publish('site-b', 'gate')
  return { fortress, server, bob: await fortress.person('bob', 'user', ['site-a']) }
}

/** Makes sure that a token opens nothing: by header and as `?token=`, over REST and on sockets. */
async function expectUseless(fortress: Fortress, token: string) {
  await fortress.expectRefused('GET', '/streams', { token }, 401)
  await fortress.expectRefused('GET', `/users?token=${encodeURIComponent(token)}`, {}, 401)
  await fortress.expectRefused('POST', '/add_user', { token, body: { username: 'x', password: 'xxxxxxxx' } }, 401)
  await fortress.expectTurnedAway('/ws/live', { token })
  await fortress.expectTurnedAway(`/ws/frames?token=${encodeURIComponent(token)}`, {})
}

describe('a forged token', () => {
  it('of the algorithm "none", however it is spelt, opens nothing', async () => {
    const fortress = await Fortress.start()
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'none ', null, undefined, 0, ['HS256'], { a: 'HS256' }])
      for (const secret of [undefined, '', TOKEN_SECRET]) {
        // Signed with the right secret even: the algorithm is ours to choose.
        const token = forged({ ...HS256, alg }, claims('admin', 'admin'), secret)
        const { status } = await fortress.send('GET', '/users', { token })
        expect([alg, secret, status]).toEqual([alg, secret, 401])
      }
    await expectUseless(fortress, forged({ alg: 'none' }, claims('admin', 'admin')))
  })

  it('whose signature is missing, cut, of another token or in other letters opens nothing', async () => {
    const { fortress, bob } = await twoSites()
    const [header = '', payload = '', signature = ''] = bob.access.split('.')
    const mine = opened(bob.access)
    const raised = Buffer.from(
      JSON.stringify({
        ...mine.payload,
        subject: { ...Object(mine.payload.subject), username: 'admin', role: 'admin' },
      }),
    ).toString('base64url')
    const tokens = [
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${raised}.${signature}`,
      `${header}.${payload}.${signature.toUpperCase()}`,
      `${payload}.${header}.${signature}`,
      bob.access.toLowerCase(),
      '...',
      `${header}.${payload}.a.b.c`,
    ]
    for (const token of tokens) expect((await fortress.send('GET', '/streams', { token })).status).toBe(401)
    await expectUseless(fortress, `${header}.${raised}.${signature}`)
  })

  it('of a public key, as RS256 or as an HMAC secret (HS/RS confusion), opens nothing', async () => {
    const fortress = await Fortress.start()
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const payload = claims('admin', 'admin')
    const unsigned = forged({ alg: 'RS256', typ: 'JWT' }, payload).slice(0, -1)
    const jwk = publicKey.export({ format: 'jwk' })
    const oct = { kty: 'oct', k: Buffer.from('x'.repeat(32)).toString('base64url') }
    const tokens = [
      forged(HS256, payload, pem),
      forged({ alg: 'RS256', typ: 'JWT' }, payload, pem),
      forged({ alg: 'RS256', typ: 'JWT' }, payload, TOKEN_SECRET),
      `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`,
      // A key that the token brings along itself.
      forged({ ...HS256, jwk: oct }, payload, 'x'.repeat(32)),
      forged({ ...HS256, jwk }, payload, pem),
      forged({ ...HS256, jku: 'https://evil.example/keys', x5u: 'https://evil.example/x5u' }, payload, 'x'.repeat(32)),
      forged({ alg: 'HS512', typ: 'JWT' }, payload, TOKEN_SECRET),
      forged({ ...HS256, crit: ['exp'], exp: 0 }, payload, TOKEN_SECRET),
      forged({ ...HS256, crit: ['b64'], b64: false }, payload, TOKEN_SECRET),
    ]
    for (const token of tokens) await expectUseless(fortress, token)
  })

  it('of another secret opens nothing, however likely it is', async () => {
    const fortress = await Fortress.start()
    const kid = opened((await fortress.person('bob', 'user')).access).header.kid
    const secrets = [
      '',
      'secret',
      'your_jwt_secret_key',
      'belvedere',
      String(kid),
      KEY,
      `${TOKEN_SECRET} `,
      'x'.repeat(64),
    ]
    for (const secret of secrets)
      for (const header of [HS256, { ...HS256, kid }])
        expect(
          (await fortress.send('GET', '/users', { token: forged(header, claims('admin', 'admin'), secret) })).status,
        ).toBe(401)
    await expectUseless(fortress, forged(HS256, claims('admin', 'admin'), 'another-secret-of-more-than-32-bytes'))
  })

  it('with a key id that is a path, a query, a prototype or huge opens nothing', async () => {
    const fortress = await Fortress.start()
    const kids: unknown[] = [
      'unknown',
      '../../../../dev/null',
      '/dev/null',
      "' or 1=1 --",
      "x' union select 'secret",
      '__proto__',
      'constructor',
      '',
      null,
      0,
      [],
      {},
      { toString: 'x' },
      'x'.repeat(3000),
      'x'.repeat(12_000),
    ]
    for (const kid of kids)
      for (const secret of ['', 'secret', '\0'.repeat(32)]) {
        const { status } = await fortress.send('GET', '/users', {
          token: forged({ ...HS256, kid }, claims('admin', 'admin'), secret),
        })
        expect([kid, status]).toEqual([kid, 401])
      }
    await expectUseless(fortress, forged({ ...HS256, kid: '/dev/null' }, claims('admin', 'admin'), ''))
    // One that is longer than any header may be is no request.
    const huge = forged({ ...HS256, kid: 'x'.repeat(40_000) }, claims('admin', 'admin'), '')
    expect((await fortress.send('GET', '/users', { token: huge })).status).toBe(431)
    expect((await fortress.send('GET', '/healthz')).status).toBe(200)
  })
})

describe('a token signed with the right secret', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it('opens something, so that what follows shows what it says', async () => {
    const fortress = await Fortress.start()
    const token = forged(HS256, claims('admin', 'admin'), TOKEN_SECRET)
    expect((await fortress.send('GET', '/users', { token })).status).toBe(200)
  })

  it('opens nothing all the same if something else is wrong with it', async () => {
    const fortress = await Fortress.start()
    await fortress.person('guest', 'guest')
    const WRONG: [what: string, more: object][] = [
      ['has expired', { iat: now() - 7200, exp: now() - 3600 }],
      ['expired a little more than the leeway ago', { iat: now() - 60, exp: now() - 15 }],
      ['has no end', { exp: undefined }],
      ['ends as a text', { exp: `${now() + 3600}` }],
      ['is not valid yet', { nbf: now() + 60 }],
      ['was made in the future', { iat: now() + 60, exp: now() + 3600 }],
      ['does not say when it was made', { iat: undefined }],
      ['is a refresh token', { type: 'refresh' }],
      ['is of no type', { type: undefined }],
      ['is of two types', { type: ['access'] }],
      ['is of a type in other letters', { type: 'Access' }],
      ['has no subject', { subject: undefined }],
      ['has a text for a subject', { subject: 'admin' }],
      ['has a list for a subject', { subject: ['admin'] }],
      ['has no id', { subject: { username: 'admin', role: 'admin' } }],
      ['is of nobody', { subject: { username: 'nobody', role: 'admin', jti: 'x' } }],
      ['is of a prototype', { subject: { username: '__proto__', role: 'admin', jti: 'x' } }],
      ['claims a role that its user does not have', { subject: { username: 'guest', role: 'admin', jti: 'x' } }],
      ['names its user in other letters', { subject: { username: 'Admin', role: 'admin', jti: 'x' } }],
      [
        'names a session that does not exist',
        { subject: { username: 'admin', role: 'admin', jti: `${'x'.repeat(22)}.${'y'.repeat(12)}` } },
      ],
    ]
    for (const [what, more] of WRONG) {
      const token = forged(HS256, claims('admin', 'admin', more), TOKEN_SECRET)
      await expectUseless(fortress, token).catch((error: unknown) => {
        throw new Error(`one that ${what}`, { cause: error })
      })
    }
  })
})

describe('a refresh token', () => {
  it('is no access token, and an access token no refresh token', async () => {
    const { fortress, bob } = await twoSites()
    await expectUseless(fortress, bob.refresh)
    await fortress.expectRefused('POST', '/refresh', { body: { refresh_token: bob.access } }, 401)
    await fortress.expectRefused('POST', '/refresh', { body: { refresh_token: fortress.key } }, 401)
    // Neither was spent by that.
    expect((await fortress.send('POST', '/refresh', { body: { refresh_token: bob.refresh } })).status).toBe(200)
  })

  it('that was spent and is used again revokes its whole family, open sockets too, and nobody else', async () => {
    const { fortress, server, bob } = await twoSites()
    const other = await fortress.signIn('bob', bob.password)
    const next = await fortress.send('POST', '/refresh', { body: { refresh_token: bob.refresh } })
    const newest = {
      access: fortress.secret(String(next.fields.access_token)),
      refresh: String(next.fields.refresh_token),
    }
    fortress.secret(newest.refresh)
    const mine = await fortress.socket('/ws/live', { token: newest.access })
    const theirs = await fortress.socket('/ws/live', { token: other.access })
    const stolen = await fortress.send('POST', '/refresh', { body: { refresh_token: bob.refresh } })
    expect([stolen.status, stolen.fields]).toEqual([401, { detail: 'Refresh token not recognised' }])
    await fortress.expectNoted({ action: 'token.reuse', who: 'bob', outcome: 'refused', address: '127.0.0.1' })
    expect(await mine.closed).toMatchObject({ code: 1008 })
    for (const token of [bob.access, newest.access]) await expectUseless(fortress, token)
    await fortress.expectRefused('POST', '/refresh', { body: { refresh_token: newest.refresh } }, 401)
    await theirs.settled()
    expect((await server.get('/streams', authorized(other.access))).status).toBe(200)
    expect((await fortress.send('GET', '/streams', { cookie: bob.cookie })).status).toBe(200)
  })

  it('that is used twice at once gives one pair at most, and in the end none that is good', async () => {
    const fortress = await Fortress.start()
    for (let round = 0; round < 5; round++) {
      const bob = await fortress.person(`bob ${round}`, 'user')
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => fortress.send('POST', '/refresh', { body: { refresh_token: bob.refresh } })),
      )
      expect(answers.map(({ status }) => status).filter((status) => status !== 401 && status !== 200)).toEqual([])
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      for (const { fields } of answers)
        if (typeof fields.access_token === 'string')
          expect((await fortress.send('GET', '/streams', { token: fields.access_token })).status).toBe(401)
      expect((await fortress.send('GET', '/streams', { token: bob.access })).status).toBe(401)
    }
    await fortress.expectNoted({ action: 'token.reuse', outcome: 'refused' })
  })

  it('of somebody who is disabled or gone gives nothing', async () => {
    const fortress = await Fortress.start()
    const bob = await fortress.person('bob', 'user')
    const eve = await fortress.person('eve', 'user')
    await fortress.administer('PUT', '/set_user_active_status', { username: 'bob', is_active: false })
    await fortress.administer('POST', '/delete_user', { username: 'eve' })
    for (const { refresh } of [bob, eve])
      await fortress.expectRefused('POST', '/refresh', { body: { refresh_token: refresh } }, 401)
    await fortress.administer('PUT', '/set_user_active_status', { username: 'bob', is_active: true })
    await fortress.expectRefused('POST', '/refresh', { body: { refresh_token: bob.refresh } }, 401)
    await expectUseless(fortress, bob.access)
  })
})

describe('somebody who is cut off', () => {
  const DEEDS: [what: string, method: string, path: string, body: object, isSignedOut: boolean][] = [
    ['deleted', 'POST', '/delete_user', { username: 'bob' }, true],
    ['disabled', 'PUT', '/set_user_active_status', { username: 'bob', is_active: false }, true],
    ['given another password', 'PUT', '/update_password', { username: 'bob', new_password: 'another-password' }, true],
    ['made a guest', 'PUT', '/users/bob/role', { role: 'guest' }, false],
    ['given other sites', 'PUT', '/users/bob/labels', { labels: ['site-b'] }, false],
  ]

  it.each(DEEDS)('(%s) loses open sockets and what is under way', async (what, method, path, body, isSignedOut) => {
    const { fortress, server, bob } = await twoSites()
    const alice = await fortress.person('alice', 'user', ['site-a'])
    const paths = ['/ws/live', '/ws/frames', ...WATCHING('site-a', 'gate')]
    const sockets: TestSocket[] = []
    for (const shown of [{ token: bob.access }, { cookie: bob.cookie, headers: { origin: server.url } }])
      for (const each of paths) sockets.push(await fortress.socket(each, shown))
    const bystander = await fortress.socket('/ws/live', { token: alice.access })
    const waiting = fortress.send('GET', '/streams/site-a/gate/snapshot?wait=20', { token: bob.access })
    await until(async () => Number((await server.streams())[0]?.viewers) >= 9, 'the snapshot waits')
    await fortress.administer(method, path, body)
    for (const socket of sockets) {
      const { code, reason } = await socket.closed
      expect([code, reason]).toEqual([1008, expect.stringMatching(/account/)])
    }
    expect((await waiting).status, 'the picture that was waited for').toBe(401)
    await server.publish('site-a', 'gate')
    await bystander.settled()
    expect(bystander.ws.readyState).toBe(bystander.ws.OPEN)

    const target = { token: bob.access }
    if (isSignedOut) {
      await expectUseless(fortress, bob.access)
      expect((await fortress.send('GET', '/session', { cookie: bob.cookie })).fields.kind).toBe('anonymous')
    } else if (what === 'made a guest') {
      await fortress.expectRefused('GET', '/streams', target, 401)
      await fortress.expectRefused(
        'PUT',
        '/demo',
        { cookie: bob.cookie, headers: { origin: server.url }, body: { running: true } },
        403,
      )
    } else {
      await fortress.expectRefused('GET', '/streams/site-a/gate/snapshot', target, 403, 'bob')
      await fortress.expectTurnedAway('/ws/labels/site-a', { cookie: bob.cookie, headers: { origin: server.url } })
    }
  })

  it('does not come back with an old token when there is another of the same name', async () => {
    const { fortress } = await twoSites()
    const now = Math.floor(Date.now() / 1000)
    const token = forged(HS256, claims('bob', 'user', { iat: now - 1800, exp: now + 1800 }), TOKEN_SECRET)
    await fortress.administer('POST', '/delete_user', { username: 'bob' })
    await fortress.person('bob', 'user', ['site-b'])
    await expectUseless(fortress, token)
    // One that is signed now is the new one's, by a clock that is a little behind, too.
    const fresh = forged(HS256, claims('bob', 'user', { iat: now - 8 }), TOKEN_SECRET)
    expect((await fortress.send('GET', '/streams', { token: fresh })).body).toContain('site-b')
  })

  it('does not publish on by ignoring the goodbye', async () => {
    const { fortress, server, bob } = await twoSites()
    const connection = await RawConnection.open(server.url)
    connection.upgrade('/ws/frames', authorized(bob.access))
    await until(() => Buffer.from(connection.received).includes('\r\n\r\n'), 'the handshake')
    await fortress.administer('POST', '/delete_user', { username: 'bob' })
    await until(() => Buffer.from(connection.received).includes('removed'), 'the goodbye')
    const before = (await server.streams()).find(({ label }) => label === 'site-a')?.last_frame
    const message = imgMessage({ label: 'site-a', key: 'gate' }, jpeg(8, 8))
    const head = Buffer.of(0x82, 0x80 | 126, message.length >> 8, message.length & 255, 0, 0, 0, 0)
    connection.write(Buffer.concat([head, message]))
    await connection.ended
    const after = (await server.streams()).find(({ label }) => label === 'site-a')?.last_frame
    expect(Object(after).id).toBe(Object(before).id)
  })

  it('while the body of the request comes does nothing with it', async () => {
    const fortress = await Fortress.start()
    const { server } = fortress
    const eve = await fortress.person('eve', 'admin')
    const body = JSON.stringify({ username: 'mole', password: 'a-password', role: 'admin' })
    const connection = await RawConnection.open(server.url)
    connection.write(
      `POST /add_user HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${eve.access}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    const form = '--b\r\nContent-Disposition: form-data; name="label"\r\n\r\nsite-a\r\n'
    const frames = await RawConnection.open(server.url)
    frames.write(
      `POST /frames HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${eve.access}\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n${form.length.toString(16)}\r\n${form}\r\n`,
    )
    // Both have been let in once a later request on the same server is answered.
    await fortress.send('GET', '/session', { token: eve.access })
    await fortress.administer('PUT', '/users/eve/role', { role: 'guest' })
    connection.write(body)
    const rest = `--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nmole\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n${Buffer.from(jpeg(8, 8)).toString('latin1')}\r\n--b--\r\n`
    frames.write(Buffer.from(`${rest.length.toString(16)}\r\n${rest}\r\n0\r\n\r\n`, 'latin1'))
    for (const each of [connection, frames]) {
      await until(() => Buffer.from(each.received).includes('detail'), 'the answer')
      expect(Buffer.from(each.received).toString()).toMatch(/^HTTP\/1\.1 401 /)
    }
    const { users } = await fortress.administer('GET', '/users')
    expect(JSON.stringify(users)).not.toContain('mole')
    expect(await server.streams()).toEqual([])
  })
})

describe('guessing passwords', () => {
  it('is answered with 429 and waits that grow, by address and never by name, and the right one works after the wait', async () => {
    const clock = new ManualClock()
    const fortress = await Fortress.start({ ...REFUSING, 'http.trusted_proxies': '127.0.0.1' }, { clock })
    await fortress.administer('POST', '/add_user', {
      username: 'bob',
      password: fortress.secret('the-password-of-bob'),
    })
    let guesses = 0
    const guess = (username: string, address: string, path = '/login') => {
      const password = fortress.secret(`a wrong guess ${guesses++}`)
      return fortress.send('POST', path, { body: { username, password }, headers: { 'x-forwarded-for': address } })
    }
    /** Guesses until it is told to wait, waits, and so on. */
    const waitsOf = async (rounds: number, name: (n: number) => string, address: string) => {
      const waits: number[] = []
      for (let n = 0; waits.length < rounds; n++) {
        const answer = await guess(name(n), address, n % 2 === 0 ? '/login' : '/session')
        if (answer.status === 401) {
          expect(answer.fields).toEqual({ detail: 'Wrong username or password' })
          continue
        }
        expect(answer.status).toBe(429)
        const wait = Number(answer.headers['retry-after'])
        expect(answer.fields.detail).toContain(`${wait} s`)
        waits.push(wait)
        clock.advance(wait * 1000)
      }
      return waits
    }
    // One name from ever other addresses: its owner never waits for it.
    for (let i = 0; i < 30; i++)
      for (let n = 0; n < 7; n++) expect((await guess('bob', `203.0.113.${i}`)).status).toBe(n < 6 ? 401 : 429)
    const right = { username: 'bob', password: 'the-password-of-bob' }
    for (const address of ['192.0.2.1', '192.0.2.2'])
      expect(
        (await fortress.send('POST', '/login', { body: right, headers: { 'x-forwarded-for': address } })).status,
      ).toBe(200)
    // Ever other names from one address.
    expect(await waitsOf(11, (n) => `name ${n}`, '198.51.100.7')).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900])
    await fortress.expectNoted({
      action: 'session.open',
      who: 'bob',
      outcome: 'failed',
      detail: 'Wrong username or password',
    })
    await fortress.expectNoted({
      action: 'request',
      target: 'POST /login',
      outcome: 'refused',
      address: '198.51.100.7',
    })
    expect((await fortress.send('POST', '/login', { body: right })).status).toBe(200)
  })

  it('many at once are no way around the wait', async () => {
    const fortress = await Fortress.start(REFUSING)
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, i) =>
        fortress.send('POST', i % 2 ? '/login' : '/api/login', {
          body: { username: 'admin', password: fortress.secret(`a wrong guess ${i}`) },
        }),
      ),
    )
    const tried = answers.filter(({ status }) => status === 401).length
    // Five are free, one is worked on at a time; on a busy machine the first wait may be over meanwhile.
    expect(tried).toBeGreaterThanOrEqual(5)
    expect(tried).toBeLessThanOrEqual(10)
    for (const { status, headers } of answers)
      if (status !== 401) expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
  })

  it('at the own account, with a sign-in that was left open, is limited as well', async () => {
    const { fortress, server, bob } = await twoSites(REFUSING)
    const guess = (n: number) =>
      fortress.send('PUT', '/account/password', {
        cookie: bob.cookie,
        headers: { origin: server.url },
        body: { old_password: fortress.secret(`a wrong guess ${n}`), new_password: fortress.secret('a-new-password') },
      })
    const statuses: number[] = []
    for (let n = 0; n < 8; n++) statuses.push((await guess(n)).status)
    expect(statuses).toEqual(
      [403, 403, 403, 403, 403, 403, 429, 429].map((status, i) => (i === 5 ? statuses[5] : status)),
    )
    await fortress.expectNoted({ action: 'request', target: 'PUT /account/password', outcome: 'refused', who: 'bob' })
  })
})

describe('a page of another site', () => {
  const STRANGE = ['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://evil.example', 'file://']

  it('opens no socket, neither with the cookie of its visitor nor because the browser runs on this machine', async () => {
    const { fortress, bob } = await twoSites()
    for (const origin of STRANGE)
      for (const path of ['/ws/live', '/ws/frames', ...WATCHING('site-a', 'gate')]) {
        await fortress.expectTurnedAway(path, { headers: { origin } })
        await fortress.expectTurnedAway(path, { cookie: bob.cookie, headers: { origin } })
      }
    // Nor does what says nothing of where it comes from, with a cookie.
    await fortress.expectTurnedAway('/ws/live', { cookie: bob.cookie })
  })

  it('opens no socket with a cookie though its origin is allowed: that is for tokens', async () => {
    const origin = 'https://friend.example'
    const { fortress, bob } = await twoSites({ 'http.allowed_origins': origin })
    await fortress.expectTurnedAway('/ws/live', { cookie: bob.cookie, headers: { origin } })
    await fortress.expectRefused('GET', '/streams', { cookie: bob.cookie, headers: { origin } }, 403)
    await (await fortress.socket('/ws/live', { token: bob.access, headers: { origin } })).nextOfType('hello')
  })

  it('writes nothing with the cookie of its visitor (CSRF)', async () => {
    const { fortress, server } = await twoSites()
    const eve = await fortress.person('eve', 'admin')
    const writes: [method: string, path: string, body?: object][] = [
      ['POST', '/add_user', { username: 'mole', password: 'a-password', role: 'admin' }],
      ['POST', '/delete_user', { username: 'bob' }],
      ['PUT', '/users/bob/role', { role: 'admin' }],
      ['PUT', '/update_password', { username: 'bob', new_password: 'a-new-password' }],
      ['POST', '/keys', { name: 'mole', scope: 'admin' }],
      ['POST', '/links', { name: 'mole', streams: [{ label: 'site-a' }], expires_at: Date.now() + 60_000 }],
      ['PUT', '/account/password', { old_password: eve.password, new_password: 'a-new-password' }],
      ['PUT', '/account/preferences', { theme: 'mole' }],
      ['DELETE', '/account/sessions'],
      ['DELETE', '/session'],
      ['POST', '/api/config', { config: [] }],
      ['POST', '/frames', {}],
      ['POST', '/api/upload', {}],
      ['POST', '/api/webhook/mole', {}],
      ['PUT', '/demo', { running: true }],
      ['POST', '/instruments', { name: 'mole' }],
      ['DELETE', '/instruments/mole'],
    ]
    const senders: Record<string, string>[] = [
      ...STRANGE.map((origin) => ({ origin })),
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: `${server.url}.evil.example` },
    ]
    for (const [method, path, body] of writes) {
      for (const headers of senders) {
        const answer = await fortress.send(method, path, { cookie: eve.cookie, headers, ...(body && { body }) })
        expect([method, path, headers, answer.status]).toEqual([method, path, headers, 403])
      }
      // As a form sends it, of which no browser asks before; some routes look at the body first.
      const headers = { 'content-type': 'text/plain', origin: 'http://evil.example' }
      const form = await fortress.send(method, path, { cookie: eve.cookie, headers, body: JSON.stringify(body ?? {}) })
      if (method === 'POST') expect([403, 415, 422]).toContain(form.status)
      await fortress.expectNoted({ action: 'request', target: `${method} ${path}`, outcome: 'refused' })
    }
    const { users } = await fortress.administer('GET', '/users')
    expect(JSON.stringify(users)).not.toContain('mole')
    expect((await fortress.send('GET', '/session', { cookie: eve.cookie })).fields.kind).toBe('user')
    // The same from a page of ours, so that it was not refused for something else.
    const own = { cookie: eve.cookie, headers: { origin: server.url }, body: { theme: 'dark' } }
    expect((await fortress.send('PUT', '/account/preferences', own)).status).toBe(200)
  })

  it('signs nobody in', async () => {
    const { fortress, bob } = await twoSites()
    const body = { username: 'bob', password: bob.password }
    const senders: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of senders) await fortress.expectRefused('POST', '/session', { headers, body }, 403)
  })

  it('reads nothing under a name of its own that leads here (DNS rebinding)', async () => {
    const { fortress, server } = await twoSites()
    const { port } = new URL(server.url)
    for (const name of [
      'evil.example',
      'evil.example/.localhost',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '',
    ]) {
      const headers = { host: `${name}:${port}`, origin: `http://${name}:${port}` }
      for (const path of ['/streams', '/labels', '/events', '/metrics', '/streams/site-a/gate/snapshot'])
        await fortress.expectRefused('GET', path, { headers }, 403)
      await fortress.expectRefused('PUT', '/demo', { headers, body: { running: true } }, 403)
      for (const path of ['/ws/live', ...WATCHING('site-a', 'gate')]) await fortress.expectTurnedAway(path, { headers })
    }
  })
})

describe('forged forwarding headers', () => {
  const HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-anything', 'forwarded', 'via', 'x-real-ip']

  it.each([
    ['nobody', {}],
    ['somebody else', { 'http.trusted_proxies': '10.0.0.0/8' }],
    ['this machine', { 'http.trusted_proxies': '127.0.0.1' }],
  ])('make nobody local, where %s is trusted', async (_who, config: Record<string, string>) => {
    const { fortress } = await twoSites(config)
    for (const name of HEADERS)
      for (const value of ['127.0.0.1', '::1', 'localhost', 'for=127.0.0.1', '127.0.0.1, 127.0.0.1', '']) {
        const headers = { [name]: value }
        expect((await fortress.send('GET', '/streams', { headers })).status, `${name}: ${value}`).toBe(401)
        expect((await fortress.send('PUT', '/demo', { headers, body: { running: true } })).status).toBe(401)
      }
    await fortress.expectRefused('GET', '/streams', { headers: { 'x-forwarded-for': '127.0.0.1' } }, 401)
    await fortress.expectTurnedAway('/ws/live', { headers: { 'x-forwarded-for': '127.0.0.1' } })
  })

  it('change neither the address in the audit trail nor that of the limits, but from a trusted proxy', async () => {
    const guess = async (config: Record<string, string>, forwarded: (n: number) => string) => {
      const fortress = await Fortress.start({ ...REFUSING, ...config })
      const statuses: number[] = []
      for (let n = 0; n < 10; n++) {
        const headers = { 'x-forwarded-for': forwarded(n), 'x-real-ip': forwarded(n), forwarded: `for=${forwarded(n)}` }
        const body = { username: `name ${n}`, password: fortress.secret(`a wrong guess ${n}`) }
        statuses.push((await fortress.send('POST', '/login', { headers, body })).status)
      }
      const addresses = (await fortress.audit()).filter(({ outcome }) => outcome !== 'ok').map(({ address }) => address)
      return { isLimited: statuses.includes(429), addresses: [...new Set(addresses)].sort() }
    }
    const many = (n: number) => `203.0.113.${n}`
    expect(await guess({}, many)).toEqual({ isLimited: true, addresses: ['127.0.0.1'] })
    expect(await guess({ 'http.trusted_proxies': '10.0.0.0/8' }, many)).toEqual({
      isLimited: true,
      addresses: ['127.0.0.1'],
    })
    expect(await guess({ 'http.trusted_proxies': '127.0.0.1' }, many)).toMatchObject({ isLimited: false })
    // What the client wrote stands before what the proxy added.
    expect(await guess({ 'http.trusted_proxies': '127.0.0.1' }, (n) => `${many(n)}, 198.51.100.7`)).toEqual({
      isLimited: true,
      addresses: ['198.51.100.7'],
    })
  })
})

describe('an upload', () => {
  const SCRIPT = '<script>alert(document.cookie)</script>'

  /** Uploads bytes under a file name as it stands in the form. */
  async function upload(fortress: Fortress, bytes: Uint8Array | string, fileName: string) {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/html\r\n\r\n`
    const response = await fetch(`${fortress.server.url}/api/upload`, {
      method: 'POST',
      headers: { ...authorized(), 'content-type': 'multipart/form-data; boundary=b' },
      body: Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from('\r\n--b--\r\n')]),
    })
    const body: Fields = Object(await response.json())
    return { status: response.status, body }
  }

  it('that is no picture, or only begins like one, is refused with 415, and noted', async () => {
    const fortress = await Fortress.start()
    const cases: [what: string, bytes: Uint8Array | string][] = [
      ['GIF and JavaScript at once', 'GIF89a/*\x01\x00\x01\x00*/=1;alert(document.cookie)'],
      ['SVG', `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${SCRIPT}</svg>`],
      ['SVG behind an XML head', `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`],
      ['PDF', '%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>'],
      ['HTML', `<!doctype html>${SCRIPT}`],
      [
        'HTML behind the first bytes of a JPEG',
        Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from(SCRIPT)]),
      ],
      ['HTML behind those of a PNG', Buffer.concat([png(8, 8).subarray(0, 8), Buffer.from(SCRIPT)])],
      ['HTML behind those of a WebP', `RIFF\x24\x00\x00\x00WEBP${SCRIPT}`],
      ['a ZIP', 'PK\x03\x04\x14\x00'],
      ['a program', '\x7fELF\x02\x01\x01'],
      ['nothing', ''],
    ]
    for (const [what, bytes] of cases) {
      for (const name of ['a.jpg', 'a.html', 'a.svg'])
        expect([what, (await upload(fortress, bytes, name)).status]).toEqual([what, 415])
      await fortress.expectNoted({
        action: 'request',
        target: 'POST /api/upload',
        outcome: 'refused',
        who: 'the holder of the publish key',
      })
    }
  })

  it('that is a picture and something else is a picture to every browser, if it is taken at all', async () => {
    const fortress = await Fortress.start()
    const cases: [what: string, bytes: Uint8Array][] = [
      ['HTML in the comment of a JPEG', jpeg(8, 8, 0, `<!doctype html>${SCRIPT}<!--`)],
      ['JavaScript in the comment of a JPEG', jpeg(8, 8, 0, '*/=1;alert(document.cookie);/*')],
      ['HTML behind the end of a PNG', Buffer.concat([png(8, 8), Buffer.from(SCRIPT)])],
      ['a ZIP behind the end of a JPEG', Buffer.concat([jpeg(8, 8), Buffer.from('PK\x03\x04\x14\x00')])],
    ]
    for (const [what, bytes] of cases) {
      for (const name of ['a.html', 'a.js', 'a.svg', 'a.jpg.php']) {
        const { status, body } = await upload(fortress, bytes, name)
        if (status === 415) continue
        expect([what, status]).toEqual([what, 200])
        expect(body.url).toMatch(/^\/uploads\/[\w-]+\.(jpg|png)$/)
        const { headers } = await fetch(fortress.server.url + String(body.url), { headers: { accept: 'text/html' } })
        expect(Object.fromEntries(headers)).toMatchObject({
          'content-type': expect.stringMatching(/^image\/(jpeg|png)$/),
          'x-content-type-options': 'nosniff',
          'content-security-policy': "sandbox; default-src 'none'",
        })
      }
    }
  })

  it('whose name is a path or a trick stays in its folder, under a name of ours', async () => {
    const fortress = await Fortress.start()
    const names = [
      '../../../../etc/cron.d/mole',
      '..\\..\\mole.jpg',
      '%2e%2e%2f%2e%2e%2fmole',
      '/etc/passwd',
      'C:\\mole.exe',
      'mole.jpg\0.html',
      'mole\u202egpj.html',
      '．．／mole',
      '.htaccess',
      '.unfinished-mole.jpg',
      'con',
      'mole.jpg/../../x',
      '<img src=x onerror=alert(1)>.jpg',
      'x'.repeat(5000),
    ]
    for (const name of names) {
      const { status, body } = await upload(fortress, jpeg(8, 8), name)
      expect([name, status]).toEqual([name, 200])
      expect(body.url).toMatch(/^\/uploads\/[A-Za-z0-9_-]{1,40}-[A-Za-z0-9_-]{24}\.jpg$/)
      expect((await fortress.send('GET', String(body.url))).status).toBe(200)
    }
  })

  it('leads nobody to other files, however a path out of its folder is written', async () => {
    const fortress = await Fortress.start()
    const paths = [
      '/uploads/../publish.key',
      '/uploads/..%2fpublish.key',
      '/uploads/%2e%2e%2fbelvedere.db',
      '/uploads/%2e%2e/belvedere.db',
      '/uploads/..%5cbelvedere.db',
      '/uploads/..\\belvedere.db',
      '/uploads/%252e%252e%252fbelvedere.db',
      '/uploads/....//....//etc/passwd/..',
      '/uploads/..;/belvedere.db',
      '/uploads/a.jpg%00.html',
      '/static/../../../../etc/passwd',
      '/static/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/docs/static/..%2f..%2fpackage.json',
      '/../../../../etc/passwd',
    ]
    for (const path of paths) {
      const { status, body } = await fortress.send('GET', path)
      expect([path, status >= 400 && status < 500]).toEqual([path, true])
      expect(body).not.toContain('root:')
      await fortress.expectNoted({ action: 'request', target: `GET ${path}`, outcome: 'refused' })
    }
  })
})

describe("another site's stream", () => {
  type Show = (token: string, cookie: string, url: string) => { query: string; attempt: Attempt }
  const SHOWN: [string, Show][] = [
    ['a token in the header', (token) => ({ query: '', attempt: { token } })],
    ['?token=', (token) => ({ query: `token=${token}`, attempt: {} })],
    ['the cookie of the page', (_token, cookie, origin) => ({ query: '', attempt: { cookie, headers: { origin } } })],
  ]

  it.each(SHOWN)('is shown on no way out to a user of another, who shows %s', async (_what, show) => {
    const { fortress, server, bob } = await twoSites()
    const { query, attempt } = show(bob.access, bob.cookie, server.url)
    const path = (text: string) => (query === '' ? text : `${text}${text.includes('?') ? '&' : '?'}${query}`)
    await fortress.administer('POST', '/api/webhook/door', { label: 'site-b', secret: 'of site-b' })
    await fortress.administer('POST', '/api/webhook/door', { label: 'site-a' })
    await fortress.administer('POST', '/api/webhook/door', { secret: 'of no site' })

    const lists = async () => [
      (await fortress.send('GET', path('/streams'), attempt)).body,
      (await fortress.send('GET', path('/labels'), attempt)).body,
      (await fortress.send('GET', path('/api/labels'), attempt)).body,
      (await fortress.send('GET', path('/events'), attempt)).body,
      (await fortress.send('GET', path('/events?after=0-0'), attempt)).body,
    ]
    for (const list of await lists()) {
      expect(list).toContain('site-a')
      expect(list).not.toMatch(/site-b|of no site/)
    }
    for (const wanted of ['', '?wait=1', '?id=1-1'])
      for (const key of ['gate', 'unknown'])
        await fortress.expectRefused('GET', path(`/streams/site-b/${key}/snapshot${wanted}`), attempt, 403, 'bob')
    await fortress.expectRefused('GET', path('/metrics'), attempt, 403, 'bob')
    for (const route of WATCHING('site-b', 'gate')) await fortress.expectTurnedAway(path(route), attempt)
    for (const label of ['site-b%00', 'site-a%2f..%2fsite-b', '*', 'site-%3f', 'SITE-A', 'site%20-a', '%2a'])
      for (const route of WATCHING(label, 'gate'))
        expect((await fortress.closing(path(route), attempt)).code).toBe(1008)

    const live = await fortress.socket(path('/ws/live'), attempt)
    live.ask({ type: 'watch', id: 1, label: 'site-b', key: 'gate' })
    live.ask({ type: 'watch', id: 2, label: 'site-b' })
    live.ask({ type: 'watch', id: 3, label: '*' })
    for (const id of [1, 2, 3]) expect(await live.nextOfType('error')).toMatchObject({ id, code: 'forbidden' })
    await fortress.expectNoted({ action: 'request', target: 'socket /ws/live', outcome: 'refused', who: 'bob' })
    live.ask({ type: 'watch', id: 4 })
    expect((await live.nextOfType('watching')).streams).toEqual([expect.objectContaining({ label: 'site-a' })])
    // What is new there does not come either: neither a picture nor news of a stream.
    const seen: unknown[] = [(await live.nextPicture()).header]
    await server.publish('site-b', 'gate')
    await server.publish('site-b', 'new')
    await server.publish('site-a', 'new')
    for (let last: unknown; last !== 'new'; last = Object(seen.at(-1)).key) {
      const message = await live.next()
      seen.push(
        typeof message === 'string' ? JSON.parse(message) : JSON.parse(message.toString().split('--IMG--')[0] ?? ''),
      )
      live.ask({ type: 'credit', n: 1_000_000 })
    }
    expect(JSON.stringify(seen)).toContain('site-a')
    expect(JSON.stringify(seen)).not.toContain('site-b')
  })

  it('cannot be published to by a user of another', async () => {
    const { fortress, server, bob } = await twoSites()
    for (const label of ['site-b', 'site-a/../site-b', 'SITE-A', 'new', '*']) {
      const form = formOf({ label, key: 'gate', file: jpeg(8, 8) })
      expect((await server.post(form, authorized(bob.access))).status, label).toBe(403)
    }
    // Of two fields of one name one counts, for the check and for the deed alike.
    const double = formOf({ label: 'site-a', key: 'gate', file: jpeg(8, 8) })
    double.append('label', 'site-b')
    expect((await server.post(double, authorized(bob.access))).status).toBe(403)
    await fortress.expectNoted({ action: 'request', target: 'POST /frames', outcome: 'refused', who: 'bob' })
    await fortress.expectRefused(
      'POST',
      '/api/webhook/door',
      { token: bob.access, body: { label: 'site-b' } },
      403,
      'bob',
    )
    await fortress.expectRefused('POST', '/api/webhook/door', { token: bob.access, body: {} }, 403, 'bob')
    for (const shown of [{ token: bob.access }, { cookie: bob.cookie, headers: { origin: server.url } }]) {
      const socket = await fortress.socket('/ws/frames', shown)
      socket.send(imgMessage({ label: 'site-b', key: 'gate' }, jpeg(8, 8)))
      expect(await socket.nextJson()).toMatchObject({
        status: 'error',
        message: expect.stringContaining('may not publish'),
      })
      socket.send(imgMessage({ label: 'site-a', key: 'gate' }, jpeg(8, 8)))
      expect(await socket.nextJson()).toMatchObject({ status: 'ok' })
    }
    await fortress.expectNoted({ action: 'request', target: 'socket /ws/frames', outcome: 'refused', who: 'bob' })
    const shown = (await server.streams()).map(({ label, key }) => `${label}/${key}`)
    expect(shown).toEqual(['site-a/gate', 'site-b/gate'])
  })

  it('is not shown by a share link to another, which opens nothing else either', async () => {
    const { fortress, server } = await twoSites()
    await server.publish('site-a', 'yard')
    const made = await fortress.administer('POST', '/links', {
      name: 'for the visitors',
      streams: [{ label: 'site-a', key: 'gate' }],
      expires_at: Date.now() + 60_000,
    })
    const token = fortress.secret(String(made.token))
    await fortress.administer('POST', '/api/webhook/door', { label: 'site-a', secret: 'an event' })
    for (const attempt of [{ token }, {}]) {
      const path = (text: string) => (attempt.token === undefined ? `${text}?token=${token}` : text)
      expect((await fortress.send('GET', path('/streams/site-a/gate/snapshot'), attempt)).status).toBe(200)
      expect((await fortress.send('GET', path('/streams'), attempt)).body).not.toMatch(/yard|site-b/)
      expect((await fortress.send('GET', path('/events'), attempt)).body).not.toContain('an event')
      for (const [label, key] of [
        ['site-a', 'yard'],
        ['site-b', 'gate'],
        ['site-a', '*'],
      ])
        await fortress.expectRefused('GET', path(`/streams/${label}/${key}/snapshot`), attempt, 403)
      for (const route of [
        '/users',
        '/keys',
        '/links',
        '/audit',
        '/metrics',
        '/account/sessions',
        '/account/preferences',
        '/api/config',
      ])
        await fortress.expectRefused('GET', path(route), attempt, 403)
      for (const route of [
        ...WATCHING('site-b', 'gate'),
        '/ws/stream/site-a/yard',
        '/api/ws/stream/site-a/yard',
        '/ws/frames',
      ])
        await fortress.expectTurnedAway(path(route), attempt)
      // Of its label it shows that stream alone.
      const label = await fortress.socket(path('/ws/labels/site-a'), attempt)
      await server.publish('site-a', 'yard')
      await server.publish('site-a', 'gate')
      expect((await label.nextFrame()).header.key).toBe('gate')
      const grid = await fortress.socket(path('/api/ws/labels/site-a'), attempt)
      expect((await grid.nextJson()).images).toEqual([expect.objectContaining({ key: 'gate' })])
      const live = await fortress.socket(path('/ws/live'), attempt)
      live.ask({ type: 'watch', id: 1, label: 'site-a', key: 'yard' })
      expect(await live.nextOfType('error')).toMatchObject({ id: 1, code: 'forbidden' })
      live.ask({ type: 'watch', id: 2 })
      expect((await live.nextOfType('watching')).streams).toEqual([expect.objectContaining({ key: 'gate' })])
    }
    await fortress.expectRefused('POST', '/frames', { token, body: {} }, 403)
    await fortress.expectRefused('PUT', '/demo', { token, body: { running: true } }, 403)
    await fortress.expectRefused('DELETE', '/account/sessions', { token }, 403)
  })

  it('is not opened by a key whose patterns do not fit', async () => {
    const { fortress, server } = await twoSites()
    const key = async (scope: string, ...labels: string[]) =>
      fortress.secret(String((await fortress.administer('POST', '/keys', { name: 'a machine', scope, labels })).key))
    for (const pattern of ['site-a', 'site-a*', '?ite-a', 'site-[ab]', 'site-?-', '.*', 'site-a|site-b', 'Site-*']) {
      const token = await key('view', pattern)
      await fortress.expectRefused('GET', '/streams/site-b/gate/snapshot', { token }, 403)
      for (const route of WATCHING('site-b', 'gate')) await fortress.expectTurnedAway(route, { token })
      expect((await fortress.send('GET', '/streams', { token })).body).not.toContain('site-b')
    }
    const publisher = await key('publish', 'site-a')
    expect(
      (await server.post(formOf({ label: 'site-b', key: 'gate', file: jpeg(8, 8) }), authorized(publisher))).status,
    ).toBe(403)
    await fortress.expectRefused('GET', '/streams', { token: publisher }, 403)
    await fortress.expectTurnedAway('/ws/live', { token: publisher })
    const viewer = await key('view', '*')
    await fortress.expectRefused('POST', '/frames', { token: viewer, body: {} }, 403)
    await fortress.expectRefused('GET', '/users', { token: viewer }, 403)
    await fortress.expectTurnedAway('/ws/frames', { token: viewer })
    // The whole of it or nothing.
    for (const token of [viewer.slice(0, -1), `${viewer}x`, viewer.toUpperCase(), 'bvk_', 'bvs_', 'bvk_*'])
      await fortress.expectRefused('GET', '/streams', { token }, 401)
  })
})

describe('more rights', () => {
  const ADMINS: [method: string, path: string, body?: object][] = [
    ['GET', '/users'],
    ['POST', '/add_user', { username: 'mole', password: 'a-password', role: 'admin' }],
    ['POST', '/api/add_user', { username: 'mole', password: 'a-password', role: 'admin' }],
    ['POST', '/delete_user', { username: 'admin' }],
    ['PUT', '/update_username', { old_username: 'eve', new_username: 'admin' }],
    ['PUT', '/update_password', { username: 'admin', new_password: 'a-new-password' }],
    ['PUT', '/update_password', { username: 'eve', new_password: 'a-new-password', role: 'admin' }],
    ['PUT', '/set_user_active_status', { username: 'admin', is_active: false }],
    ['PUT', '/users/eve/role', { role: 'admin' }],
    ['PUT', '/users/eve/labels', { labels: ['site-b', '*'] }],
    ['GET', '/keys'],
    ['POST', '/keys', { name: 'mole', scope: 'admin', labels: ['*'] }],
    ['DELETE', '/keys/mole'],
    ['GET', '/links'],
    ['POST', '/links', { name: 'mole', streams: [{ label: 'site-b' }], expires_at: Date.now() + 60_000 }],
    ['DELETE', '/links/mole'],
    ['GET', '/audit'],
    ['GET', '/api/config'],
    ['POST', '/api/config', { config: [] }],
    ['POST', '/instruments', { name: 'mole' }],
    ['DELETE', '/instruments/mole'],
  ]

  it.each(['guest', 'user', 'model_manager'])('are given to no %s', async (role) => {
    const fortress = await Fortress.start()
    const eve = await fortress.person('eve', role, ['site-a'])
    for (const [method, path, body] of ADMINS) {
      await fortress.expectRefused(method, path, { token: eve.access, ...(body && { body }) }, 403, 'eve')
      const own = { cookie: eve.cookie, headers: { origin: fortress.server.url }, ...(body && { body }) }
      expect((await fortress.send(method, path, own)).status).toBe(403)
    }
    // Other ways to write an address lead nowhere, and none around the check.
    for (const path of [
      '/users/',
      '//users',
      '/USERS',
      '/users%00',
      '/./users',
      '/users;a',
      '/users?',
      '/%75sers',
      '/users#',
    ])
      expect([401, 403, 404]).toContain((await fortress.send('GET', path, { token: eve.access })).status)
    for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND'])
      expect((await fortress.send(method, '/users', { token: eve.access })).body).not.toContain('admin')
    const override = {
      token: eve.access,
      headers: { 'x-http-method-override': 'PUT', 'x-original-url': '/users', 'x-rewrite-url': '/users' },
    }
    expect((await fortress.send('GET', '/healthz', override)).body).toBe('{"status":"ok"}')
    expect(await fortress.administer('GET', '/users')).toMatchObject({
      users: [
        { username: 'admin', role: 'admin', is_active: true },
        { username: 'eve', role, labels: ['site-a'] },
      ],
    })
  })

  it('are not given by having none at all, on this machine', async () => {
    const fortress = await Fortress.start()
    for (const [method, path, body] of ADMINS)
      expect([method, path, (await fortress.send(method, path, body ? { body } : {})).status]).toEqual([
        method,
        path,
        401,
      ])
    await fortress.expectRefused('GET', '/users', {}, 401)
    await fortress.expectRefused('GET', '/users', { token: KEY }, 403)
    await fortress.expectRefused('GET', '/account/sessions', {}, 401)
  })

  it('let no guest publish or command', async () => {
    const fortress = await Fortress.start()
    const eve = await fortress.person('eve', 'guest', ['site-a', 'demo'])
    await fortress.expectRefused('POST', '/frames', { token: eve.access, body: {} }, 403, 'eve')
    await fortress.expectRefused('POST', '/api/upload', { token: eve.access, body: {} }, 403, 'eve')
    await fortress.expectRefused(
      'POST',
      '/api/webhook/door',
      { token: eve.access, body: { label: 'site-a' } },
      403,
      'eve',
    )
    await fortress.expectRefused('PUT', '/demo', { token: eve.access, body: { running: true } }, 403, 'eve')
    await fortress.expectTurnedAway('/ws/frames', { token: eve.access })
  })

  it('are in no field that a body has beside those that are asked for', async () => {
    const { fortress, server, bob } = await twoSites()
    const more = {
      role: 'admin',
      is_active: true,
      user_id: 1,
      id: 1,
      labels: ['*'],
      isAdmin: true,
      passwordHash: 'x',
      validFrom: 0,
    }
    await fortress.send('POST', '/login', { body: { username: 'bob', password: bob.password, ...more } })
    await fortress.send('POST', '/session', { body: { username: 'bob', password: bob.password, ...more } })
    await fortress.send('POST', '/refresh', { body: { refresh_token: bob.refresh, username: 'admin', ...more } })
    const own = { cookie: bob.cookie, headers: { origin: server.url } }
    await fortress.send('PUT', '/account/preferences', { ...own, body: more })
    const new_password = fortress.secret('a-new-password-of-bob')
    await fortress.send('PUT', '/account/password', {
      ...own,
      body: { old_password: bob.password, new_password, username: 'admin', ...more },
    })
    await fortress.administer('POST', '/add_user', {
      username: 'amy',
      password: fortress.secret('the-password-of-amy'),
      user_id: 1,
      id: 1,
      validFrom: 9e15,
      username_: 'admin',
    })
    expect(await fortress.administer('GET', '/users')).toMatchObject({
      users: [
        { user_id: 1, username: 'admin', role: 'admin' },
        { user_id: 3, username: 'amy', role: 'user', labels: [] },
        { user_id: 2, username: 'bob', role: 'user', labels: ['site-a'] },
      ],
    })
    const key = await fortress.administer('POST', '/keys', {
      name: 'k',
      scope: 'view',
      labels: ['site-a'],
      id: 'mine',
      key: 'bvk_mine',
      createdBy: 'admin',
    })
    expect(key).toMatchObject({ id: expect.not.stringMatching('mine'), key: expect.not.stringMatching('mine') })
    fortress.secret(String(key.key))
  })

  it('are not in a key with patterns: one of the scope admin is for all', async () => {
    const fortress = await Fortress.start()
    for (const labels of [['site-a'], ['site-*'], ['?*'], ['**'], []])
      expect(
        (await fortress.send('POST', '/keys', { token: fortress.key, body: { name: 'k', scope: 'admin', labels } }))
          .status,
      ).toBe(422)
    for (const scope of ['root', 'Admin', '', null, ['admin'], '__proto__'])
      expect((await fortress.send('POST', '/keys', { token: fortress.key, body: { name: 'k', scope } })).status).toBe(
        422,
      )
  })

  it('stay with the last administrator', async () => {
    const fortress = await Fortress.start()
    const admin = { username: 'admin' }
    for (const [method, path, body] of [
      ['POST', '/delete_user', admin],
      ['PUT', '/set_user_active_status', { ...admin, is_active: false }],
      ['PUT', '/users/admin/role', { role: 'user' }],
    ] as const)
      expect((await fortress.send(method, path, { token: fortress.key, body })).status).toBe(409)
    // Two of them who throw each other out at the same time leave one.
    await fortress.person('eve', 'admin')
    const names = ['admin', 'eve']
    const answers = await Promise.all(
      names.map((username) =>
        fortress.send('PUT', '/set_user_active_status', { token: fortress.key, body: { username, is_active: false } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })
})

describe('a sign-in on the page', () => {
  it('or by a program leaves nothing behind when the account is taken away meanwhile', async () => {
    const fortress = await Fortress.start({ 'limits.login_tries': 1000 }, { passwordCost: PASSWORD_COST })
    const deeds: [method: string, path: string, more: object][] = [
      ['POST', '/delete_user', {}],
      ['PUT', '/update_password', { new_password: fortress.secret('another-password') }],
      ['PUT', '/set_user_active_status', { is_active: false }],
    ]
    for (let round = 0; round < 12; round++) {
      const credentials = { username: `bob ${round}`, password: fortress.secret('the-first-password') }
      await fortress.administer('POST', '/add_user', credentials)
      const signIns = ['/login', '/session', '/login', '/login'].map((path) =>
        fortress.send('POST', path, { body: credentials }),
      )
      // Ever a little later, to come in between.
      for (let n = 0; n < 3 * round; n++) await fortress.send('GET', '/healthz')
      const [method, path, more] = deeds[round % deeds.length] ?? ['', '', {}]
      await fortress.administer(method, path, { username: credentials.username, ...more })
      const answers = await Promise.all(signIns)
      // What was ended does not come back with the account.
      if ('is_active' in more)
        await fortress.administer(method, path, { username: credentials.username, is_active: true })
      for (const { status, headers, fields } of answers) {
        expect([200, 401, 403]).toContain(status)
        if (status !== 200) continue
        const token = fields.access_token
        const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
        const shown = typeof token === 'string' ? { token } : { cookie, headers: { origin: fortress.server.url } }
        expect((await fortress.send('GET', '/account/sessions', shown)).status).toBe(401)
        if (typeof fields.refresh_token !== 'string') continue
        const refreshed = await fortress.send('POST', '/refresh', { body: { refresh_token: fields.refresh_token } })
        expect(refreshed.status).toBe(401)
      }
    }
  })

  it('takes over no cookie from before (session fixation)', async () => {
    const { fortress, bob } = await twoSites()
    for (const fixed of ['fixed-by-the-intruder', bob.cookie.split('=')[1] ?? '']) {
      const [name] = bob.cookie.split('=')
      const cookie = `${name}=${fixed}; belvedere_session=${fixed}`
      const { status, headers } = await fortress.send('POST', '/session', {
        cookie,
        headers: { origin: fortress.server.url },
        body: { username: 'bob', password: bob.password },
      })
      expect(status).toBe(200)
      const given = String(headers['set-cookie'])
      expect(given).toMatch(/^belvedere_session_[\w-]{12}=[\w-]{43};.*HttpOnly; SameSite=Strict$/)
      fortress.secret(given.split(';')[0]?.split('=')[1] ?? '')
      expect(given).not.toContain(fixed)
    }
    const { cookie } = bob
    // Nor one of a session of this server under the name that any server of this host can set.
    for (const fixed of ['belvedere_session=fixed-by-the-intruder', `belvedere_session=${cookie.split('=')[1]}`])
      expect((await fortress.send('GET', '/session', { cookie: fixed })).fields.kind).toBe('anonymous')
  })

  it('is ended by signing out, on open sockets too, and its cookie is worth nothing then', async () => {
    const { fortress, server, bob } = await twoSites({ 'access.anonymous': 'none' })
    const own = { cookie: bob.cookie, headers: { origin: server.url } }
    const socket = await fortress.socket('/ws/live', own)
    expect((await fortress.send('DELETE', '/session', own)).status).toBe(204)
    expect(await socket.closed).toMatchObject({ code: 1008, reason: 'signed out' })
    await fortress.expectRefused('GET', '/streams', own, 401)
    await fortress.expectTurnedAway('/ws/live', own)
    expect((await fortress.send('GET', '/streams', { token: bob.access })).status).toBe(200)
  })
})

describe('garbage', () => {
  it('in the header Authorization is answered with 401, and harms nothing', async () => {
    const fortress = await Fortress.start({ 'access.anonymous': 'none' })
    const values = [
      'Bearer',
      'Bearer ',
      'Bearer  ',
      'Bearer a b',
      'Basic YWRtaW46YWRtaW4=',
      'Bearer null',
      'Bearer undefined',
      'Bearer [object Object]',
      'bearer\t',
      'Digest username="admin"',
      '\xff\xfe',
      `Bearer ${'a'.repeat(10_000)}`,
      `Bearer ${'a.'.repeat(5_000)}`,
      `Bearer ${'é'.repeat(100)}`,
      'Bearer %00',
      "Bearer ' or '1'='1",
      'Bearer bvk_',
      'Bearer bvs_',
      `Bearer eyJ.${'e'.repeat(3000)}.x`,
      'Bearer bnVsbA.bnVsbA.bnVsbA',
      'Bearer W10.W10.W10',
      'Bearer MQ.MQ.MQ',
      'Bearer e30.e30.e30',
    ]
    for (const authorization of values) {
      await fortress.expectRefused('GET', '/streams', { headers: { authorization } }, 401)
      expect((await fortress.closing('/ws/live', { headers: { authorization } })).code).toBe(1008)
      expect((await fortress.send('POST', '/logout', { headers: { authorization }, body: {} })).status).toBe(200)
    }
    expect(
      (await fortress.send('GET', '/streams', { headers: { authorization: `Bearer ${'a'.repeat(100_000)}` } })).status,
    ).toBe(431)
  })

  it('that makes a request look like a socket does not let it write with a token in its address', async () => {
    const { fortress, bob } = await twoSites()
    for (const upgrade of ['websocket', 'h2c', ''])
      for (const [method, path] of [
        ['POST', '/api/webhook/door'],
        ['POST', '/add_user'],
        ['PUT', '/demo'],
      ] as const)
        for (const token of [bob.access, fortress.key]) {
          const { status } = await fortress.send(method, `${path}?token=${token}`, { headers: { upgrade }, body: {} })
          expect([method, path, status]).toEqual([method, path, path === '/demo' ? expect.toBeOneOf([403, 422]) : 401])
        }
  })

  it('in cookies is as good as no cookie', async () => {
    const { fortress, bob } = await twoSites()
    const [name = ''] = bob.cookie.split('=')
    const cookies = [
      ';;;=;=',
      name,
      `${name}=`,
      `${name}=%`,
      `${name}=%zz`,
      `${name}="x`,
      `${name}=\xff\xfe`,
      '__proto__=x; constructor=y; toString=z',
      `${name}=${'x'.repeat(10_000)}`,
      Array.from({ length: 2000 }, (_, i) => `a${i}=b`).join(';'),
      `${name}=a; ${name}=b`,
      `__Host-${name}=a; belvedere_session=b`,
      `${name.toUpperCase()}=a`,
    ]
    for (const cookie of cookies) {
      const { status, fields } = await fortress.send('GET', '/session', { headers: { cookie } })
      expect([cookie.slice(0, 50), status, fields.kind]).toEqual([cookie.slice(0, 50), 200, 'anonymous'])
      await fortress.expectRefused('GET', '/users', { headers: { cookie } }, 401)
    }
    expect((await fortress.send('GET', '/session', { headers: { cookie: `a=${'x'.repeat(100_000)}` } })).status).toBe(
      431,
    )
  })

  it('in bodies is answered with 4xx, on every route of accounts', async () => {
    const fortress = await Fortress.start()
    const routes: [string, string][] = [
      ['POST', '/login'],
      ['POST', '/session'],
      ['POST', '/refresh'],
      ['POST', '/add_user'],
      ['POST', '/delete_user'],
      ['PUT', '/update_username'],
      ['PUT', '/update_password'],
      ['PUT', '/set_user_active_status'],
      ['PUT', '/users/admin/role'],
      ['PUT', '/users/admin/labels'],
      ['POST', '/keys'],
      ['POST', '/links'],
      ['POST', '/api/config'],
      ['PUT', '/account/password'],
      ['PUT', '/account/preferences'],
    ]
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const bodies = [
      '{',
      'null',
      '[]',
      '"x"',
      '1e999',
      '{"username":"bob","__proto__":{"role":"admin"}}',
      '{"username":"bob","constructor":{"prototype":{"role":"admin"}}}',
      '{"username":["bob"],"password":{"$ne":null},"role":"root","labels":"*","streams":"*","expires_at":"x","name":[]}',
      '{"username":1,"password":2,"old_username":{},"new_username":[],"is_active":"yes","refresh_token":{}}',
      `{"username":${deep},"refresh_token":${deep},"labels":${deep}}`,
      deep,
      '\xff\xfe',
    ]
    const { access } = await fortress.person('eve', 'admin')
    for (const [method, path] of routes)
      for (const body of bodies) {
        const { status, fields } = await fortress.send(method, path, { token: access, body })
        const what = [method, path, body.slice(0, 60)]
        // An empty list of cameras is one, and preferences may be any object.
        const isGood = status === 200 && (path === '/api/config' || path === '/account/preferences')
        if (!isGood)
          expect([...what, status, fields]).toEqual([
            ...what,
            expect.toBeOneOf([400, 401, 413, 422]),
            { detail: expect.any(String) },
          ])
      }
    // As deep as it can be within its limit.
    const nested = `{"a":${'['.repeat(8000)}${']'.repeat(8000)}}`
    for (const [method, body] of [
      ['PUT', nested],
      ['GET', undefined],
    ] as const)
      expect((await fortress.send(method, '/account/preferences', { token: access, body })).status).toBeLessThan(500)
    expect(
      (await fortress.send('POST', '/login', { body: 'x'.repeat(5_000_000) }).catch(() => ({ status: 413 }))).status,
    ).toBe(413)
    expect((await fortress.send('GET', '/healthz')).status).toBe(200)
  })
})

describe('a name', () => {
  it('of a prototype, a query or a path is a name like any other, without rights of its own', async () => {
    const fortress = await Fortress.start({ 'limits.login_tries': 100 })
    const names = [
      '__proto__',
      'constructor',
      'toString',
      '0',
      '-1',
      'null',
      "' or 1=1 --",
      '<script>',
      '%00',
      '../admin',
    ]
    for (const username of names) {
      expect((await fortress.send('POST', '/login', { body: { username, password: 'x' } })).status).toBe(401)
      const person = await fortress.person(username, 'guest', ['__proto__'])
      expect((await fortress.send('GET', '/session', { token: person.access })).fields).toMatchObject({
        may: ['view'],
        user: { username, role: 'guest', labels: ['__proto__'] },
      })
      await fortress.expectRefused('GET', '/users', { token: person.access }, 403, username)
      const path = `/users/${encodeURIComponent(username)}/labels`
      expect(await fortress.administer('PUT', path, { labels: ['site-a'] })).toEqual({ labels: ['site-a'] })
      await fortress.administer('POST', '/delete_user', { username })
    }
  })

  it('with control characters is refused, and writes no lines of its own into the log', async () => {
    const fortress = await Fortress.start(REFUSING)
    const names = [
      'bob\n{"level":30,"msg":"audit","who":"admin","action":"user.add"}',
      'bob\r\nX-Injected: yes',
      'bob\0',
      'admin\0',
      '\u001b[2J\u001b[31mbob',
      'bob\u2028',
      '\u009b2Jbob',
      '\ud800',
      ' admin',
      'admin ',
      '\u00a0admin',
      '',
      ' ',
      'x'.repeat(201),
      'x'.repeat(100_000),
    ]
    const lines = fortress.lines.length
    for (const username of names) {
      const password = fortress.secret('a-password-of-somebody')
      const added = await fortress.send('POST', '/add_user', { token: fortress.key, body: { username, password } })
      expect([username.slice(0, 50), added.status]).toEqual([username.slice(0, 50), 422])
      const { status, headers } = await fortress.send('POST', '/login', { body: { username, password } })
      expect([401, 413, 429]).toContain(status)
      expect(headers['x-injected']).toBeUndefined()
    }
    // Each line is one entry, and short, whatever was sent (`Fortress` reads them all as well).
    for (const line of fortress.lines.slice(lines)) {
      expect(JSON.parse(line).msg).not.toBe('user.add')
      expect(line.length).toBeLessThan(3000)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
    }
    expect((await fortress.audit()).filter(({ action }) => action === 'user.add')).toHaveLength(1)
  })

  it('that only looks like that of the admin is not', async () => {
    const fortress = await Fortress.start({ 'limits.login_tries': 100 })
    const password = 'the-password-of-the-admin'
    for (const username of ['Admin', 'ADMIN', 'аdmin', 'ａｄｍｉｎ', 'admi\u006e\u0303', 'admın', 'ADMİN'])
      expect((await fortress.send('POST', '/login', { body: { username, password } })).status).toBe(401)
    await fortress.expectNoted({ action: 'session.open', who: 'аdmin', outcome: 'failed' })
    // What nobody sees does not make another name.
    const unseen = { username: 'admin\u200b', password }
    expect((await fortress.send('POST', '/login', { body: unseen })).body).toContain('"username":"admin"')
    const mole = await fortress.person('Admin', 'guest')
    await fortress.expectRefused('GET', '/users', { token: mole.access }, 403, 'Admin')
  })
})

it('what a socket is refused for over its limits stands in the log, with no word of its token', async () => {
  const { fortress, bob } = await twoSites({ 'limits.connections_per_client': 3 })
  const attempts = await Promise.all(
    Array.from({ length: 40 }, () => fortress.socket('/ws/live', { token: bob.access })),
  )
  await until(() => attempts.filter(({ ws }) => ws.readyState === ws.CLOSED).length >= 37, 'the others are turned away')
  for (const { ws } of attempts) ws.terminate()
  await fortress.expectNoted({ action: 'request', target: 'socket /ws/live', outcome: 'refused', who: 'bob' })
})
