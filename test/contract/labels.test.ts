import { describe, expect, it } from 'vitest'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

async function labelsOf(server: TestServer, path = '/labels'): Promise<unknown> {
  const response = await server.get(path)
  expect(response.status).toBe(200)
  return response.json()
}

describe('GET /labels', () => {
  it.each(['/labels', '/api/labels'])('lists each label once, sorted, at %s', async (path) => {
    const server = await TestServer.start()
    expect(await labelsOf(server, path)).toEqual({ labels: [] })
    for (const [label, key] of [
      ['south', 'a'],
      ['north', 'a'],
      ['north', 'b'],
      ['East', 'a'],
    ] as const)
      await server.publish(label, key)
    expect(await labelsOf(server, path)).toEqual({ labels: ['East', 'north', 'south'] })
  })

  it.each(['/labels/', '/api/labels/?x=1'])('leads from %s to the address without the slash', async (path) => {
    const server = await TestServer.start()
    const { status, headers, url } = await fetch(server.url + path, { redirect: 'manual' })
    expect([status, new URL(headers.get('location') ?? '', url).href]).toEqual([
      307,
      server.url + path.replace('/?', '?').replace(/\/$/, ''),
    ])
    expect(await labelsOf(server, path)).toEqual({ labels: [] })
  })

  it('lists labels of any Unicode, / and = included', async () => {
    const server = await TestServer.start()
    const labels = ['a', 'a/b', 'ab', 'abc', '工地', '🏗️ crane', "l'été"]
    for (const label of labels) await server.publish(label, 'key')
    expect(await labelsOf(server)).toEqual({ labels: labels.toSorted() })
  })

  it('leaves out labels that contain "test", which can be watched all the same', async () => {
    const server = await TestServer.start()
    for (const label of ['test', 'a-test-b', 'testbed', 'tes-t', 'contest']) await server.publish(label, 'key')
    expect(await labelsOf(server)).toEqual({ labels: ['tes-t'] })
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'a-test-b'))
    await viewer.nextFrame()
    expect((await server.streams()).map(({ label }) => label)).toContain('a-test-b')
  })

  it('leaves out what its setting says', async () => {
    const server = await TestServer.start({ config: { 'labels.hidden': 'door?,x*y' } })
    for (const label of ['door1', 'door', 'xy', 'x-y', 'x-yz', 'test']) await server.publish(label, 'key')
    expect(await labelsOf(server)).toEqual({ labels: ['door', 'test', 'x-yz'] })
  })

  it('answers 60 calls a minute and then 429 with Retry-After and a detail', async () => {
    const server = await TestServer.start()
    for (let call = 0; call < 60; call++)
      expect((await server.get(call % 2 === 0 ? '/labels' : '/api/labels')).status).toBe(200)
    for (const path of ['/labels', '/api/labels']) {
      const response = await server.get(path)
      expect(response.status).toBe(429)
      const seconds = Number(response.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(60)
      expect(await response.json()).toEqual({ detail: expect.stringContaining('60') })
    }
    expect((await server.get('/streams')).status).toBe(200)
  })

  it('does not let a client pass for another by X-Forwarded-For', async () => {
    const server = await TestServer.start({ config: { 'labels.calls_per_minute': 2 } })
    const answers = []
    for (let call = 0; call < 3; call++)
      answers.push((await server.get('/labels', { 'x-forwarded-for': `10.0.0.${call}` })).status)
    expect(answers.at(-1)).toBe(429)
  })
})
