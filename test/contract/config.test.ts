import { describe, expect, it } from 'vitest'
import { answerOf } from '../support/answer.ts'
import { temporaryFolder } from '../support/command.ts'
import { signInAs, startWithAdmin } from '../support/people.ts'
import { authorized, KEY, type TestServer } from '../support/server.ts'

const GATE = { video_url: 'rtsp://admin:geheim@10.0.0.5/live', site: 'North', stream_name: 'gate' }
const GATE_MASKED = { ...GATE, video_url: 'rtsp://admin:***@10.0.0.5/live' }

async function get(server: TestServer, token: string) {
  const response = await server.get('/api/config', authorized(token))
  return answerOf(response)
}

async function post(server: TestServer, body: unknown, token?: string) {
  const response = await fetch(`${server.url}/api/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && authorized(token)) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return answerOf(response)
}

const updated = (config: unknown) => ({
  status: 200,
  body: { status: 'Configuration updated successfully.', config },
})

describe('/api/config', () => {
  it('is empty at first, and then what was posted', async () => {
    const { server, admin } = await startWithAdmin()
    expect(await get(server, admin)).toEqual({ status: 200, body: { config: [] } })
    const config = [
      {
        video_url: 'https://cam.example.org/a.m3u8',
        site: 'South',
        stream_name: 'yard',
        model_key: 'yolo',
        expire: null,
      },
      { video_url: 'rtsp://10.0.0.6/live', anything: { of: ['the', 'clients', 5, true] } },
    ]
    expect(await post(server, { config }, admin)).toEqual(updated(config))
    expect(await get(server, admin)).toEqual({ status: 200, body: { config } })
    expect(await post(server, config.slice(1), admin)).toEqual(updated(config.slice(1)))
  })

  it('drops what is left out, merges what is known field by field, and adds what is new', async () => {
    const { server, admin } = await startWithAdmin()
    const camera = (name: string, more: object) => ({ video_url: `rtsp://cam/${name}`, ...more })
    await post(server, { config: [camera('a', { x: 1 }), camera('b', { x: 1, y: 1 })] }, admin)
    const config = [camera('c', { z: 1 }), camera('b', { x: 2 })]
    const merged = [camera('c', { z: 1 }), camera('b', { x: 2, y: 1 })]
    expect(await post(server, { config }, admin)).toEqual(updated(merged))
    expect(await get(server, admin)).toEqual({ status: 200, body: { config: merged } })
  })

  it('tells no password, and keeps it when the mask comes back', async () => {
    const { server, admin } = await startWithAdmin()
    const more = { fallback: 'http://cam/?user=a&pwd=verborgen' }
    const shown = { ...GATE_MASKED, fallback: 'http://cam/?user=a&pwd=***' }
    expect(await post(server, { config: [{ ...GATE, ...more }] }, admin)).toEqual(updated([shown]))
    expect(await get(server, admin)).toEqual({ status: 200, body: { config: [shown] } })
    expect(await post(server, { config: [{ ...shown, site: 'South' }] }, admin)).toEqual(
      updated([{ ...shown, site: 'South' }]),
    )
    // That it is the same camera shows in what it keeps: its fields.
    expect(await post(server, { config: [{ video_url: GATE.video_url }] }, admin)).toEqual(
      updated([{ ...shown, site: 'South' }]),
    )
    const moved = await post(server, { config: [{ video_url: 'rtsp://admin:***@evil.example/live' }] }, admin)
    expect(moved).toEqual({ status: 422, body: { detail: expect.stringContaining('its password is masked') } })
  })

  it('is there again when the server is', async () => {
    const data_dir = temporaryFolder()
    const first = await startWithAdmin({ data_dir })
    await post(first.server, { config: [GATE] }, first.admin)
    await first.server.close()
    const { server, admin } = await startWithAdmin({ data_dir })
    expect(await get(server, admin)).toEqual({ status: 200, body: { config: [GATE_MASKED] } })
    expect(await post(server, { config: [GATE_MASKED] }, admin)).toEqual(updated([GATE_MASKED]))
    expect(await post(server, { config: [GATE] }, admin)).toEqual(updated([GATE_MASKED]))
  })

  it('is not changed by what is no list of cameras', async () => {
    const { server, admin } = await startWithAdmin()
    await post(server, { config: [GATE] }, admin)
    const deep = JSON.parse('['.repeat(20) + ']'.repeat(20))
    const bad = ['', '{', 'null', '{}', { config: {} }, { config: [5] }, { config: [{}] }, [GATE, GATE]]
    const urls = ['', 'cam', 'file:///etc/passwd', 'rtsp://', 'javascript:alert(1)']
    for (const body of [...bad, ...urls.map((video_url) => [{ video_url }]), [{ ...GATE, deep }]])
      expect([body, await post(server, body, admin)]).toEqual([
        body,
        { status: 422, body: { detail: expect.any(String) } },
      ])
    expect(await get(server, admin)).toEqual({ status: 200, body: { config: [GATE_MASKED] } })
  })

  it('keeps a record of each change, without its passwords', async () => {
    const { server, admin } = await startWithAdmin()
    await post(server, { config: [GATE, { video_url: 'rtsp://cam/a' }] }, admin)
    await post(server, { config: [GATE] }, admin)
    const { body } = await answerOf(await server.get('/audit?action=config.change', authorized(admin)))
    expect(body.entries).toMatchObject([
      { who: 'admin', target: 'cameras', outcome: 'ok', detail: '0 added, 1 removed, 1 kept' },
      { who: 'admin', target: 'cameras', outcome: 'ok', detail: '2 added, 0 removed, 0 kept' },
    ])
    expect(JSON.stringify(body)).not.toContain('geheim')
  })

  it('is for administrators', async () => {
    const { server, admin } = await startWithAdmin()
    const manager = await signInAs(server, admin, { username: 'mia', role: 'model_manager', labels: ['North'] })
    for (const token of [manager, KEY]) {
      expect(await get(server, token)).toEqual({ status: 403, body: { detail: expect.any(String) } })
      expect(await post(server, { config: [] }, token)).toEqual({ status: 403, body: { detail: expect.any(String) } })
    }
    expect((await server.get('/api/config')).status).toBeOneOf([401, 403])
    expect((await post(server, { config: [] })).status).toBeOneOf([401, 403])
  })
})
