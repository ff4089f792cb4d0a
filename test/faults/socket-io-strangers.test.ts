import { describe, expect, it } from 'vitest'
import { must } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { rawRequest } from '../support/raw.ts'
import { KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

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
      const times: number[] = []
      for (let i = 0; i < 3; i++) {
        const sid = /"sid":"([^"]+)"/.exec((await rawRequest(poll)).body)?.[1]
        const before = process.cpuUsage()
        await rawRequest(`${poll}&sid=${sid}`, { method: 'POST', headers, body })
        times.push(process.cpuUsage(before).user / 1000)
      }
      // Each took 400 ms and more; whatever else this process does may come on top of some of them.
      expect(Math.min(...times), times.join()).toBeLessThan(200)
    }
  })
})

describe('a server that goes down', () => {
  it('does not wait for those who have not said whose they are', async () => {
    // By a clock that stands still it would wait for ever.
    const server = await TestServer.start({ clock: new ManualClock() })
    const poll = rawRequest(await session(server))
    await session(server)
    await server.close()
    expect((await poll).status).toBe(200)
  })
})

/** Opens a session over polling. @returns its URL */
async function session(server: TestServer, engine = 4): Promise<string> {
  const url = `${server.url}/socket.io/?EIO=${engine}&transport=polling`
  const sid = /"sid":"([^"]+)"/.exec((await rawRequest(url)).body)?.[1]
  return `${url}&sid=${sid}`
}

const send = (url: string, ...packets: string[]) => rawRequest(url, { method: 'POST', body: packets.join('\x1e') })

describe('a peer that does not read', () => {
  it('is not read either once 64 KiB wait for it', async () => {
    const server = await TestServer.start()
    const url = await session(server)
    // Each is answered with its own name.
    const large = send(url, ...Array(10).fill(`40/${'x'.repeat(50_000)},`))
    expect(await Promise.race([large, new Promise((resolve) => setTimeout(resolve, 200, 'waiting'))])).toBe('waiting')
    let answers = 0
    while (answers < 10) answers += (await rawRequest(url)).body.split('Invalid namespace').length - 1
    expect((await large).status).toBe(200)
  })

  it('can move to a WebSocket all the same', async () => {
    const server = await TestServer.start()
    const ids: string[] = []
    for (let n = 0; n < 90; n++)
      ids.push(String((await must(server, 'POST /events', { token: KEY, body: { type: 'test', label: 'x' } })).id))
    const url = await session(server)
    await send(url, `40${JSON.stringify({ offset: ids[0] })}`)
    await rawRequest(url)
    await send(url, '42["subscribe",{}]')
    // What comes with the answer is written when it is read, and waits.
    await rawRequest(url)
    const socket = await TestSocket.open(url.replace('http', 'ws').replace('=polling', '=websocket'))
    socket.send('2probe')
    expect(await socket.next()).toBe('3probe')
    socket.send('5')
    let last = ''
    while (!last.includes(String(ids.at(-1)))) last = String(await socket.next())
  })
})

describe('binary messages', () => {
  it('are refused, and none is kept', async () => {
    const server = await TestServer.start()
    const socket = await TestSocket.open(server.socketUrl('/socket.io/?EIO=4&transport=websocket'))
    socket.send('40')
    for (let n = 0; n < 4; n++) await socket.next()
    socket.send('451-["subscribe",{"_placeholder":true,"num":0}]')
    expect(await socket.next()).toBe('42["error",{"message":"Malformed packet: too many attachments"}]')
    await socket.closed
  })
})
