import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from '../../test/support/fake-socket.ts'
import { LiveClient } from '../live-client.ts'
import { SharedConnections } from './shared-connections.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const SERVER = 'http://host:8000'
const settle = () => vi.advanceTimersByTimeAsync(0)

function setUp() {
  const sockets: FakeSocket[] = []
  const makeSocket = (address: string) => {
    const socket = new FakeSocket(address)
    sockets.push(socket)
    return socket
  }
  const connections = new SharedConnections((server, token) => new LiveClient(server, { token, makeSocket }))
  return { sockets, connections }
}

describe('SharedConnections', () => {
  it('opens one connection for each server and token', async () => {
    const { sockets, connections } = setUp()
    const [one, same] = [connections.acquire(SERVER, 'a'), connections.acquire(SERVER, 'a')]
    expect(same.client).toBe(one.client)
    connections.acquire(SERVER, undefined)
    connections.acquire('http://other:8000', 'a')
    await settle()
    expect(sockets.map(({ url }) => url)).toEqual([
      'ws://host:8000/ws/live?token=a',
      'ws://host:8000/ws/live',
      'ws://other:8000/ws/live?token=a',
    ])
  })

  it('closes it a moment after the last release, not while an element is moved', async () => {
    const { sockets, connections } = setUp()
    const [one, other] = [connections.acquire(SERVER, 'a'), connections.acquire(SERVER, 'a')]
    await settle()
    one.release()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(one.client.state).toBe('connecting')
    other.release()
    const again = connections.acquire(SERVER, 'a')
    await vi.advanceTimersByTimeAsync(1000)
    expect(again.client).toBe(one.client)
    expect(again.client.state).toBe('connecting')
    again.release()
    await vi.advanceTimersByTimeAsync(1000)
    expect(again.client.state).toBe('disconnected')
    expect(sockets.every(({ isDropped }) => isDropped)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(connections.acquire(SERVER, 'a').client).not.toBe(one.client)
  })

  it('does not ask again when it is refused, until another element asks', async () => {
    const { sockets, connections } = setUp()
    const { client } = connections.acquire(SERVER, 'a')
    await settle()
    sockets[0]?.greet()
    sockets[0]?.end(1008, 'This link has ended.')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([client.state, sockets.length]).toEqual(['disconnected', 1])
    connections.acquire(SERVER, 'a')
    await settle()
    expect([client.state, sockets.length]).toEqual(['connecting', 2])
  })

  it('asks once more when it had been let in: its rights may only have changed', async () => {
    const { sockets, connections } = setUp()
    const { client } = connections.acquire(SERVER, 'a')
    await settle()
    sockets[0]?.greet()
    await vi.advanceTimersByTimeAsync(5000)
    sockets[0]?.notice({ type: 'clock', t0: 0, t1: 0, t2: 0 })
    await vi.advanceTimersByTimeAsync(5000)
    sockets[0]?.end(1008, 'The rights have changed.')
    await vi.advanceTimersByTimeAsync(999)
    expect(sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1001)
    expect(sockets).toHaveLength(2)
    sockets[1]?.end(1008, 'This link has ended.')
    await vi.advanceTimersByTimeAsync(60_000)
    expect([client.state, sockets.length]).toEqual(['disconnected', 2])
  })

  it('loads the names of classes once, with the token', async () => {
    const { connections } = setUp()
    const fetched = vi.fn<typeof fetch>(async () => Response.json({ class_names: [{ labels: '*', names: ['Hat'] }] }))
    vi.stubGlobal('fetch', fetched)
    const [one, same] = [connections.acquire(SERVER, 'a'), connections.acquire(SERVER, 'a')]
    expect(await one.classNames()).toEqual([{ labels: '*', names: ['Hat'] }])
    expect(await same.classNames()).toBe(await one.classNames())
    expect(fetched.mock.calls).toEqual([
      [new URL('http://host:8000/app/settings.json'), { headers: { authorization: 'Bearer a' } }],
    ])
  })

  it('does without names that cannot be loaded', async () => {
    const { connections } = setUp()
    vi.stubGlobal('fetch', async () => new Response('', { status: 403 }))
    expect(await connections.acquire(SERVER, undefined).classNames()).toEqual([])
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await connections.acquire(SERVER, 'a').classNames()).toEqual([])
  })

  it('refuses what is no address', () => {
    expect(() => setUp().connections.acquire('nonsense', undefined)).toThrow('url must begin with')
  })
})
