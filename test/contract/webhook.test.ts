import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { answerOf } from '../support/answer.ts'
import { FakeLine } from '../support/line.ts'
import { signInAs, startWithAdmin } from '../support/people.ts'
import { authorized, TestServer } from '../support/server.ts'

const TOKEN = 'the-token-of-the-channel'
const SECRET = 'the-secret-of-the-channel'

/** A server with LINE behind it. */
async function start(config: Record<string, string | number> = {}) {
  const line = await FakeLine.start()
  const settings = { 'line.api_url': line.url, 'line.channel_access_token': TOKEN, ...config }
  return { line, server: await TestServer.start({ config: settings }) }
}

/** Posts a body as it stands, or as JSON. @returns status and answer */
async function post(server: TestServer, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return answerOf(response)
}

const text = (words: string, source: object, more: object = {}) => ({
  type: 'message',
  message: { type: 'text', id: '1', text: words },
  source,
  ...more,
})
const redelivered = { deliveryContext: { isRedelivery: true } }
const fresh = { deliveryContext: { isRedelivery: false } }
const group = { type: 'group', groupId: 'G1', userId: 'U1' }
const user = { type: 'user', userId: 'U2' }
const SKIPPED = { status: 200, body: { status: 'skipped', message: 'All events skipped.' } }

describe('POST /api/webhook', () => {
  it('answers a message with "token" in it by a push message of the ids', async () => {
    const { server, line } = await start()
    const events = [text('my token please', group, fresh), text('token', user)]
    expect(await post(server, '/api/webhook', { destination: 'U0', events })).toEqual({
      status: 200,
      body: {
        status: 'ok',
        responses: [
          { status: 'success', target_id: 'G1' },
          { status: 'success', target_id: 'U2' },
        ],
      },
    })
    const push = (to: string, words: string) => ({
      path: 'POST /v2/bot/message/push',
      authorization: `Bearer ${TOKEN}`,
      body: { to, messages: [{ type: 'text', text: words }] },
    })
    expect(line.pushes).toHaveLength(2)
    expect(line.pushes).toContainEqual(push('G1', 'Group ID: G1\nUser ID: U1'))
    expect(line.pushes).toContainEqual(push('U2', 'User ID: U2'))
  })

  it('answers no other message', async () => {
    const { server, line } = await start()
    const sticker = { type: 'message', message: { type: 'sticker', id: '1' }, source: user }
    const events = [text('hello', user), sticker, { type: 'join', source: group }]
    expect(await post(server, '/api/webhook', { events })).toEqual({
      status: 200,
      body: { status: 'ok', responses: [] },
    })
    expect(line.pushes).toEqual([])
  })

  it('skips what is delivered again, what is no message, and what is nothing', async () => {
    const { server, line } = await start()
    expect(await post(server, '/api/webhook', {})).toEqual(SKIPPED)
    expect(await post(server, '/api/webhook', { events: [] })).toEqual(SKIPPED)
    expect(await post(server, '/api/webhook', { events: [{ type: 'join', source: group }, {}] })).toEqual(SKIPPED)
    expect(await post(server, '/api/webhook', { events: [text('token', user, redelivered)] })).toEqual(SKIPPED)
    expect(line.pushes).toEqual([])
    const events = [text('token', user, redelivered), text('token', group)]
    expect(await post(server, '/api/webhook', { events })).toMatchObject({
      body: { status: 'ok', responses: [{ status: 'success', target_id: 'G1' }] },
    })
    expect(line.pushes).toHaveLength(1)
  })

  it('has an error for a message event without its message, beside the results of the others', async () => {
    const { server } = await start()
    const events = [{ type: 'message', source: user }, text('token', user), text('hello', user)]
    expect(await post(server, '/api/webhook', { events })).toEqual({
      status: 207,
      body: {
        status: 'partial_error',
        responses: [
          { status: 'error', message: 'The event has no message.' },
          { status: 'success', target_id: 'U2' },
        ],
      },
    })
  })

  it('tells which answers failed, and never the token', async () => {
    const { server, line } = await start()
    line.answer = 400
    const answer = await post(server, '/api/webhook', { events: [text('token', group)] })
    expect(answer).toEqual({
      status: 207,
      body: {
        status: 'partial_error',
        responses: [{ status: 'error', message: 'LINE refused the message with status 400.', target_id: 'G1' }],
      },
    })
    const { server: cutOff } = await start({ 'line.api_url': 'http://127.0.0.1:1' })
    const unreached = await post(cutOff, '/api/webhook', { events: [text('token', user)] })
    expect(unreached).toMatchObject({ status: 207, body: { responses: [{ status: 'error', target_id: 'U2' }] } })
    expect(JSON.stringify([answer, unreached])).not.toContain(TOKEN)
  })

  it('says when it has no token to answer with', async () => {
    const server = await TestServer.start()
    expect(await post(server, '/api/webhook', { events: [text('token', user)] })).toMatchObject({
      status: 207,
      body: { responses: [{ status: 'error', message: expect.stringContaining('LINE_CHANNEL_ACCESS_TOKEN') }] },
    })
  })

  it('fails at a broken body, as the contract says', async () => {
    const { server } = await start()
    for (const body of ['', 'token', '{"events":[', '[]', '{"events":"token"}', '{"events":[1]}'])
      expect([body, await post(server, '/api/webhook', body)]).toEqual([
        body,
        { status: 500, body: { detail: 'Webhook processing failed' } },
      ])
  })

  it('takes only what LINE has signed where its secret is set', async () => {
    const { server, line } = await start({ 'line.channel_secret': SECRET })
    // Not as JSON.stringify would write it: the signature is of the bytes.
    const body = `{ "events" : [ ${JSON.stringify(text('你好 token', user))} ] }\n`
    const sign = (secret: string, signed = body) => createHmac('sha256', secret).update(signed).digest('base64')
    const signatures = [undefined, '', 'x', sign('another secret'), sign(SECRET, body.trim())]
    for (const signature of signatures) {
      const headers: Record<string, string> = signature === undefined ? {} : { 'x-line-signature': signature }
      expect(await post(server, '/api/webhook', body, headers)).toEqual({
        status: 401,
        body: { detail: expect.stringContaining('X-Line-Signature') },
      })
    }
    expect(await post(server, '/api/webhook', '{', {})).toHaveProperty('status', 401)
    expect(line.pushes).toEqual([])
    const answer = await post(server, '/api/webhook', body, { 'x-line-signature': sign(SECRET) })
    expect(answer).toMatchObject({ status: 200, body: { responses: [{ status: 'success', target_id: 'U2' }] } })
  })

  it('does not make the server spam for whoever can reach it', async () => {
    const { server, line } = await start()
    const events = Array.from({ length: 50 }, (_, i) => text('token', { userId: `U${i}` }))
    expect(await post(server, '/api/webhook', { events })).toMatchObject({ status: 207 })
    expect(await post(server, '/api/webhook', { events })).toMatchObject({ status: 207 })
    expect(line.pushes).toHaveLength(10)
  })

  it('refuses a body that is too large', async () => {
    const { server } = await start({ 'line.body_bytes': 1000 })
    const answer = await post(server, '/api/webhook', { events: [], more: 'x'.repeat(1000) })
    expect(answer).toEqual({ status: 413, body: { detail: 'body: at most 1000 bytes (line.body_bytes)' } })
  })
})

describe('POST /api/webhook/{name}', () => {
  it('makes an event of any JSON, whatever its sender calls it', async () => {
    const server = await TestServer.start()
    expect(await answerOf(await server.get('/events'))).toMatchObject({ status: 200, body: { events: [] } })
    for (const contentType of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const data = { label: 'North', contentType, deep: [{ x: null }] }
      const headers = { ...authorized(), 'content-type': contentType }
      const answer = await post(server, '/api/webhook/Grafana.alerts_2-x', data, headers)
      expect(answer).toEqual({ status: 200, body: { status: 'ok', id: expect.stringMatching(/^\d+-\d+$/) } })
      const { body } = await answerOf(await server.get('/events?limit=1'))
      expect(body.events).toMatchObject([
        { id: answer.body.id, type: 'webhook.Grafana.alerts_2-x', label: 'North', data },
      ])
    }
    expect(await post(server, '/api/webhook/x', '"text"', authorized())).toHaveProperty('status', 200)
  })

  it('is for publishers', async () => {
    const server = await TestServer.start()
    expect(await post(server, '/api/webhook/x', '{}')).toEqual({ status: 401, body: { detail: expect.any(String) } })
    const wrong = await post(server, '/api/webhook/x', '{}', authorized('another-key-altogether'))
    expect(wrong).toHaveProperty('status', 401)
  })

  it('lets a user publish what belongs to the labels of that user, and nothing else', async () => {
    const { server, admin } = await startWithAdmin()
    const user = await signInAs(server, admin, { username: 'nora', role: 'user', labels: ['North'] })
    const statuses: number[] = []
    for (const body of [{ label: 'North' }, { label: 'North', key: 'gate' }, { label: 'South' }, {}, { label: 5 }])
      statuses.push((await post(server, '/api/webhook/x', body, authorized(user))).status)
    expect(statuses).toEqual([200, 200, 403, 403, 403])
    const guest = await signInAs(server, admin, { username: 'gus', role: 'guest', labels: ['North'] })
    expect(await post(server, '/api/webhook/x', { label: 'North' }, authorized(guest))).toHaveProperty('status', 403)
  })

  it.each([
    ['a%20b', '{}', 'name: 1 to 64 of the characters A-Z, a-z, 0-9, ".", "_" and "-" are allowed'],
    ['x'.repeat(65), '{}', 'name: 1 to 64 of the characters A-Z, a-z, 0-9, ".", "_" and "-" are allowed'],
    ['x', '', /^body: is not JSON/],
    ['x', 'a=b', /^body: is not JSON/],
    ['x', '['.repeat(21) + ']'.repeat(21), 'body: nests deeper than 20 levels'],
  ])('refuses /%s with %s', async (name, body, detail) => {
    const server = await TestServer.start()
    const answer = await post(server, `/api/webhook/${name}`, body, authorized())
    const sentence = typeof detail === 'string' ? detail : expect.stringMatching(detail)
    expect(answer).toEqual({ status: 422, body: { detail: sentence } })
  })

  it('refuses a body that is too large', async () => {
    const server = await TestServer.start({ config: { 'webhook.body_bytes': 1000 } })
    expect(await post(server, '/api/webhook/x', 'x'.repeat(1001), authorized())).toHaveProperty('status', 413)
    expect(await post(server, '/api/webhook/x', JSON.stringify('x'.repeat(998)), authorized())).toHaveProperty(
      'status',
      200,
    )
  })
})
