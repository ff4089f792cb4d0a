import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { LineWebhook, UNSIGNED_PUSHES_PER_MINUTE } from './line-webhook.ts'

const SECRET = 'the-secret-of-the-channel'
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const signed = (body: Uint8Array, secret = SECRET) => createHmac('sha256', secret).update(body).digest('base64')

/** A webhook, and the messages it pushed, as "to: text". */
function makeWebhook(channelSecret?: string) {
  const clock = new ManualClock()
  const pushed: string[] = []
  const push = {
    async send(to: string, text: string) {
      pushed.push(`${to}: ${text}`)
      if (to === 'broken') throw new Error('LINE refused the message with status 400.')
    },
  }
  const warned: object[] = []
  const log = { error() {}, warn: (fields: object) => void warned.push(fields), info() {} }
  return { webhook: new LineWebhook({ push, clock, log, channelSecret, maxValues: 50_000 }), clock, pushed, warned }
}

const asks = (source: object, text = 'token') => ({ type: 'message', message: { type: 'text', text }, source })

describe('a message of LINE', () => {
  it('is answered once for each group and user who asks, however often they do in it', async () => {
    const { webhook, pushed } = makeWebhook()
    const events = [
      asks({ groupId: 'G', userId: 'A' }),
      asks({ groupId: 'G', userId: 'A' }, 'My Token, please'),
      asks({ groupId: 'G', userId: 'B' }),
      asks({ userId: 'A' }),
      asks({ groupId: 'H' }),
    ]
    const { status, body } = await webhook.take(bytes({ events }), undefined)
    expect(pushed).toEqual([
      'G: Group ID: G\nUser ID: A',
      'G: Group ID: G\nUser ID: B',
      'A: User ID: A',
      'H: Group ID: H',
    ])
    const targets = ['G', 'G', 'G', 'A', 'H']
    const responses = targets.map((target_id) => ({ status: 'success', target_id }))
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok', responses } })
  })

  it('is no reason to fail when something in it is missing or of a kind that is not known', async () => {
    const { webhook, pushed } = makeWebhook()
    const events = [{}, { type: 'follow', source: 5 }, { ...asks({}), type: 'unsend' }]
    const more = [{ type: 'message', message: { type: 'image', text: 'token' } }, asks({ userId: 'A' }, 'hello')]
    const answer = await webhook.take(bytes({ events: [...events, ...more] }), undefined)
    expect(answer).toEqual({ status: 200, body: { status: 'ok', responses: [] } })
    expect(pushed).toEqual([])
  })

  it('that has no message is an error of that one alone', async () => {
    const { webhook } = makeWebhook()
    for (const message of [undefined, null, 'token', []]) {
      const events = [{ type: 'message', message }, asks({ userId: 'A' })]
      const { status, body } = await webhook.take(bytes({ events }), undefined)
      expect(status).toBe(207)
      expect(body).toMatchObject({ responses: [{ status: 'error' }, { status: 'success', target_id: 'A' }] })
    }
  })

  it('that names nobody to answer is an error of that one alone', async () => {
    const { webhook, pushed } = makeWebhook()
    for (const source of [{}, { userId: 5 }, { userId: 'a\nb' }]) {
      const { status, body } = await webhook.take(bytes({ events: [asks(source), asks({ userId: 'A' })] }), undefined)
      expect(status).toBe(207)
      expect(body).toMatchObject({ responses: [{ status: 'error' }, { status: 'success', target_id: 'A' }] })
    }
    expect(pushed).toHaveLength(3)
  })

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"events":null}',
    '{"events":{}}',
    '{"events":[5]}',
    '{"events":[null]}',
    '['.repeat(10_000),
  ])('is broken: %.20s', async (body) => {
    const { webhook } = makeWebhook()
    const answer = await webhook.take(bytes(body), undefined)
    expect(answer).toEqual({ status: 500, body: { detail: 'Webhook processing failed' } })
  })

  it('counts only with its signature where the secret is known', async () => {
    const { webhook, pushed } = makeWebhook(SECRET)
    const body = bytes({ events: [asks({ userId: 'A' })] })
    const other = bytes({ events: [asks({ userId: 'B' })] })
    const wrong = [undefined, '', 'x', signed(other), signed(body, 'x'), `${signed(body)}=`, signed(body).toLowerCase()]
    for (const signature of [...wrong, [signed(body)]])
      await expect(webhook.take(body, signature)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(webhook.take(bytes('{'), undefined)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(pushed).toEqual([])
    expect(await webhook.take(body, signed(body))).toHaveProperty('status', 200)
    expect(pushed).toHaveLength(1)
  })

  it('that is not signed is answered only so often, whoever sends it', async () => {
    const { webhook, clock, pushed } = makeWebhook()
    const ask = (userId: string) => webhook.take(bytes({ events: [asks({ userId })] }), undefined)
    for (let i = 0; i < UNSIGNED_PUSHES_PER_MINUTE; i++) expect(await ask(`A${i}`)).toHaveProperty('status', 200)
    const { status, body } = await ask('B')
    expect(status).toBe(207)
    expect(body).toMatchObject({ responses: [{ status: 'error', message: expect.stringContaining('Too many') }] })
    expect(pushed).toHaveLength(UNSIGNED_PUSHES_PER_MINUTE)
    clock.advance(60_000)
    expect(await ask('B')).toHaveProperty('status', 200)
  })

  it('is logged once, however much of it could not be answered', async () => {
    const { webhook, warned } = makeWebhook()
    const events = Array.from({ length: UNSIGNED_PUSHES_PER_MINUTE + 500 }, (_, i) => asks({ userId: `U${i}` }))
    expect(await webhook.take(bytes({ events }), undefined)).toHaveProperty('status', 207)
    expect(warned).toEqual([{ target: `U${UNSIGNED_PUSHES_PER_MINUTE}`, count: 500 }])
  })

  it('that is signed is always answered', async () => {
    const { webhook, pushed } = makeWebhook(SECRET)
    const events = Array.from({ length: 3 * UNSIGNED_PUSHES_PER_MINUTE }, (_, i) => asks({ userId: `U${i}` }))
    const body = bytes({ events })
    expect(await webhook.take(body, signed(body))).toHaveProperty('status', 200)
    expect(pushed).toHaveLength(events.length)
  })
})
