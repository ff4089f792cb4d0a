import { describe, expect, it } from 'vitest'
import { FakeLine } from '../../test/support/line.ts'
import { LinePush } from './line-push.ts'

const TOKEN = 'the-token-of-the-channel'

/** The message with which a push fails. */
async function failure(push: LinePush): Promise<string> {
  return push.send('U1', 'text').then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  )
}

describe('a push message', () => {
  it('goes to LINE as it asks for it', async () => {
    const line = await FakeLine.start()
    await new LinePush({ apiUrl: line.url, accessToken: TOKEN }).send('U1', 'Hello\nthere')
    expect(line.pushes).toEqual([
      {
        path: 'POST /v2/bot/message/push',
        authorization: `Bearer ${TOKEN}`,
        body: { to: 'U1', messages: [{ type: 'text', text: 'Hello\nthere' }] },
      },
    ])
  })

  it('that LINE refuses fails with its status, and none of its words', async () => {
    const line = await FakeLine.start()
    line.answer = 401
    const push = new LinePush({ apiUrl: line.url, accessToken: TOKEN })
    expect(await failure(push)).toBe('Error: LINE refused the message with status 401.')
  })

  it('follows LINE nowhere else', async () => {
    const line = await FakeLine.start()
    line.answer = 307
    expect(await failure(new LinePush({ apiUrl: line.url, accessToken: TOKEN }))).toContain('status 307')
    expect(line.pushes).toHaveLength(1)
  })

  it('that is not answered is given up', async () => {
    const line = await FakeLine.start()
    line.answer = 'hang'
    const push = new LinePush({ apiUrl: line.url, accessToken: TOKEN, timeout: 50 })
    expect(await failure(push)).toBe('Error: LINE did not answer within 0.05 s.')
  })

  it('fails with a sentence that holds no token when LINE cannot be reached, or called, or there is no token', async () => {
    // Nothing listens on port 1.
    const away = new LinePush({ apiUrl: 'http://127.0.0.1:1', accessToken: TOKEN })
    expect(await failure(away)).toMatch(/^Error: LINE could not be reached( \(\w+\))?\.$/)
    const impossible = new LinePush({ apiUrl: 'http://127.0.0.1:1', accessToken: `${TOKEN}\n☃` })
    expect(await failure(impossible)).toBe('Error: LINE could not be reached.')
    const without = new LinePush({ apiUrl: 'http://127.0.0.1:1', accessToken: undefined })
    expect(await failure(without)).toContain('no LINE_CHANNEL_ACCESS_TOKEN')
  })
})
