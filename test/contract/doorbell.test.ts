import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ask, listOf, must, startHouse } from '../support/accounts.ts'
import { KEY, TestServer } from '../support/server.ts'

const CURL = process.env.BELVEDERE_TEST_CURL ?? 'curl'

describe('POST /api/trigger-doorbell', () => {
  it('works with a plain curl on a fresh local installation, and everybody hears it', async () => {
    const server = await TestServer.start()
    const curl = await promisify(execFile)(CURL, ['-s', '-X', 'POST', `${server.url}/api/trigger-doorbell`])
    const answer = JSON.parse(curl.stdout)
    expect(answer).toEqual({
      status: 'success',
      message: 'Doorbell triggered',
      event_id: expect.stringMatching(/^\d+-\d+$/),
      timestamp: expect.any(Number),
    })
    expect(listOf(await must(server, 'GET /api/recent-events'), 'events')).toEqual([
      {
        event_id: answer.event_id,
        event_type: 'DOORBELL_PRESSED',
        timestamp: answer.timestamp,
        source: expect.any(String),
        priority: 'HIGH',
        label: 'doorbell',
        data: {},
      },
    ])
  })

  it('belongs to the default camera, or to what the caller names', async () => {
    const server = await TestServer.start()
    await server.publish('North', 'door')
    await server.publish('South', 'gate')
    const ring = async (body?: object) => {
      const { event_id } = await must(server, 'POST /api/trigger-doorbell', body === undefined ? {} : { body })
      const { label, key } = await must(server, `GET /events/${event_id}`)
      return [label, key]
    }
    expect(await ring()).toEqual(['North', 'door'])
    expect(await ring({ label: 'East' })).toEqual(['East', undefined])
    expect(await ring({ label: 'East', key: 'x' })).toEqual(['East', 'x'])
    const other = await TestServer.start({ config: { 'streaming.camera': 'South/gate' } })
    const { event_id } = await must(other, 'POST /api/trigger-doorbell')
    expect(await must(other, `GET /events/${event_id}`)).toMatchObject({ label: 'South', key: 'gate' })
  })

  it('is for those who may give commands there', async () => {
    const { server, add } = await startHouse()
    await server.publish('North', 'door')
    await server.publish('South', 'gate')
    const [ann, guest] = [await add('ann'), await add('gus', 'guest')]
    expect((await ask(server, 'POST /api/trigger-doorbell', { token: ann.access })).status).toBe(200)
    for (const asking of [{ token: ann.access, body: { label: 'South' } }, { token: guest.access }]) {
      const { status, body } = await ask(server, 'POST /api/trigger-doorbell', asking)
      expect([status, body]).toEqual([403, { status: 'error', message: body.detail, detail: expect.any(String) }])
    }
    expect(await ask(server, 'POST /api/trigger-doorbell', { token: 'wrong' })).toMatchObject({
      status: 401,
      body: { status: 'error', message: expect.any(String) },
    })
  })
})

describe('GET /api/status', () => {
  it('says whether there is a camera', async () => {
    const server = await TestServer.start()
    const timestamp = expect.any(Number)
    expect(await must(server, 'GET /api/status')).toEqual({
      status: 'online',
      camera: null,
      camera_status: 'none',
      timestamp,
    })
    await server.publish('North', 'door')
    expect(await must(server, 'GET /api/status')).toEqual({
      status: 'online',
      camera: 'North/door',
      camera_status: 'live',
      timestamp,
    })
  })
})

describe('GET /api/recent-events', () => {
  it('has the last twenty, in their order', async () => {
    const server = await TestServer.start()
    for (let n = 0; n < 25; n++)
      await must(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a', data: n } })
    const answer = await must(server, 'GET /api/recent-events')
    expect(answer.status).toBe('success')
    expect(listOf(answer, 'events').map(({ data }) => data)).toEqual(Array.from({ length: 20 }, (_, i) => i + 5))
  })
})

describe('GET /api/capture-photo', () => {
  it('has the newest picture of the default camera as a data: URL', async () => {
    const server = await TestServer.start()
    expect(await ask(server, 'GET /api/capture-photo')).toMatchObject({
      status: 503,
      body: { status: 'error', message: 'There is no camera.' },
    })
    const picture = await server.publish('North', 'door')
    expect(await must(server, 'GET /api/capture-photo')).toEqual({
      status: 'success',
      image_data: `data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}`,
    })
  })

  it('shows nobody a camera that is not theirs', async () => {
    const { server, add } = await startHouse({ config: { 'streaming.camera': 'South/gate' } })
    await server.publish('South', 'gate')
    const ann = await add('ann')
    expect((await ask(server, 'GET /api/capture-photo', { token: ann.access })).status).toBe(403)
    expect(await must(server, 'GET /api/status', { token: ann.access })).toMatchObject({
      camera: null,
      camera_status: 'none',
    })
  })
})
