import { describe, expect, it } from 'vitest'
import { rawRequest } from '../support/raw.ts'
import { TestServer } from '../support/server.ts'

const POLL = '/socket.io/?EIO=4&transport=polling'

describe('a stranger on Socket.IO', () => {
  it('opens no more connections than it may, whatever it calls its session', async () => {
    const server = await TestServer.start({ config: { 'streaming.connecting_per_client': 2 } })
    const statuses: number[] = []
    for (const sid of ['', '&sid=', '&sid', '&sid=nobody&sid='])
      statuses.push((await rawRequest(server.url + POLL + sid)).status)
    expect(statuses).toEqual([200, 200, 429, 429])
  })

  it('does not stop the server with a body of Engine.IO 3', async () => {
    const server = await TestServer.start()
    const poll = `${server.url}/socket.io/?EIO=3&transport=polling&b64=1`
    const long = Array.from({ length: 3000 }, () => [0, ...Array(300).fill(1), 255]).flat()
    const bodies = [Buffer.from(long), Buffer.concat([Buffer.of(0, 9, 9, 0, 0, 0, 0, 255), Buffer.alloc(990_000, 52)])]
    const headers = { 'content-type': 'application/octet-stream' }
    for (const body of bodies) {
      const sid = /"sid":"([^"]+)"/.exec((await rawRequest(poll)).body)?.[1]
      const before = process.cpuUsage()
      await rawRequest(`${poll}&sid=${sid}`, { method: 'POST', headers, body })
      // It took 400 ms and more.
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(150)
    }
  })
})
