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
})
