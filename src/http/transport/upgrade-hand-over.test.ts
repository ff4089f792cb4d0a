import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { CONNECTION_RULES, unlimitedBytes, upgradeParts } from '../../../test/support/connections.ts'
import { anyone } from '../../../test/support/hub.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { RawConnection } from '../../../test/support/raw.ts'
import { TestSocket } from '../../../test/support/sockets.ts'
import { until } from '../../../test/support/until.ts'
import { Refusal } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { ConnectionRegistry } from './connection-registry.ts'
import { SocketRoutes } from './socket-routes.ts'
import { routeUpgrades } from './upgrade.ts'
import { type HandOver, HandOvers } from './upgrade-hand-over.ts'

/**
 * A server whose `/socket.io` is handled by a fake library, like Engine.IO: it makes the handshake and its connections.
 */
async function start(options: { take?: (handOvers: HandOvers) => HandOver['take'] } = {}) {
  const rules = { ...CONNECTION_RULES, max: 100, maxOfClient: 2 }
  const registry = new ConnectionRegistry({ clock: new ManualClock(), rules, heldBytes: unlimitedBytes() })
  const end = new AbortController()
  const principal: Principal = { ...anyone, name: 'Ann', ended: end.signal }
  const refusals: string[] = []
  const parts = upgradeParts({
    registry,
    authorize: async () => principal,
    noteRefusal: (_request, { message }) => void refusals.push(message),
    clientOf: () => 'ann',
  })
  const sockets = new SocketRoutes(parts)
  const handOvers = new HandOvers(parts)
  sockets.add({ path: '/ws', action: 'view', maxMessage: 100, goodbye: 1001, visit() {} })
  const library = new WebSocketServer({ noServer: true })
  const usual: HandOver['take'] = (known, raw, head) =>
    library.handleUpgrade(known.raw, raw, head, (ws) => {
      known.identity = { principal }
      const connection = {
        end: (cause: string, reason: string) => ws.close(4000, `${cause}: ${reason}`),
        terminate: () => ws.terminate(),
      }
      const registration = handOvers.register(known, connection, 'socket.io')
      ws.on('close', () => registration.release())
      ws.send(`hello ${principal.name}`)
    })
  const take = options.take?.(handOvers) ?? usual
  handOvers.add({ path: '/socket.io', take })
  const server = createServer()
  routeUpgrades(server, parts, [handOvers, sockets])
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    ws: `ws://127.0.0.1:${port}`,
    handOvers,
    registry,
    end,
    refusals,
    principal,
  }
}

/** The HTTP response to a refused upgrade. */
async function statusOf(url: string, path: string): Promise<string | undefined> {
  const peer = await RawConnection.open(url)
  peer.upgrade(path)
  await peer.ended
  return /^HTTP\/1.1 (\d+)/.exec(new TextDecoder().decode(peer.received))?.[1]
}

describe('a path that is handed over', () => {
  it('is served by whoever takes it, and counted by its transport', async () => {
    const { ws, registry } = await start()
    const socket = await TestSocket.open(`${ws}/socket.io/?EIO=4&transport=websocket`)
    expect(await socket.next()).toBe('hello Ann')
    expect([registry.count('socket.io'), registry.count('websocket')]).toEqual([1, 0])
    await socket.close()
    await until(() => registry.count('socket.io') === 0, 'its place is free')
  })

  it('shares its room with the WebSockets', async () => {
    const take = (handOvers: HandOvers): HandOver['take'] => {
      return (known, raw) => {
        known.identity = { principal: anyone }
        const connection = { end: () => raw.destroy(), terminate: () => raw.destroy() }
        const registration = handOvers.register(known, connection, 'socket.io')
        raw.on('close', () => registration.release())
      }
    }
    const { url, ws, registry, refusals } = await start({ take })
    for (let n = 1; n <= 2; n++) {
      const peer = await RawConnection.open(url)
      peer.upgrade('/socket.io/')
      await until(() => registry.count('socket.io') === n)
    }
    const socket = await TestSocket.open(`${ws}/ws`)
    expect(await socket.closed).toEqual({
      code: 1008,
      reason: 'at most 2 connections of one client (limits.connections_per_client)',
    })
    expect(await statusOf(url, '/socket.io/')).toBe('429')
    expect(refusals).toEqual(Array(2).fill('at most 2 connections of one client (limits.connections_per_client)'))
  })

  it('ends with the right, and with the server', async () => {
    const { ws, end, registry } = await start()
    const first = await TestSocket.open(`${ws}/socket.io/`)
    await first.next()
    end.abort('signed out')
    expect(await first.closed).toEqual({ code: 4000, reason: 'revoked: signed out' })

    const other = await start()
    const second = await TestSocket.open(`${other.ws}/socket.io/`)
    await second.next()
    await Promise.all([other.registry.close(3000), second.closed])
    expect(await second.closed).toEqual({ code: 4000, reason: 'shutdown: the server is going down' })
    expect(await statusOf(other.url, '/socket.io/')).toBe('503')
    expect(registry.isClosing).toBe(false)
  })

  it('is refused by a status before any handshake, and so is whatever goes wrong', async () => {
    const refuse = () => async () => Promise.reject(new Refusal('limited', 'not now'))
    const { url, refusals } = await start({ take: refuse })
    expect(await statusOf(url, '/socket.io/')).toBe('429')
    expect(refusals).toEqual(['not now'])
    const broken = await start({
      take: () => () => {
        throw new Error('no')
      },
    })
    expect(await statusOf(broken.url, '/socket.io')).toBe('500')
  })

  it('does not hold the shutdown, whatever became of it', async () => {
    const handed: Duplex[] = []
    const { url, handOvers } = await start({ take: () => (_request, raw) => void handed.push(raw) })
    const peer = await RawConnection.open(url)
    peer.upgrade('/socket.io/')
    await until(() => handed.length === 1)
    handOvers.close()
    await peer.ended
    expect(handed[0]?.destroyed).toBe(true)
  })

  it('leaves all other paths alone', async () => {
    const { url, ws } = await start()
    expect(await statusOf(url, '/socket.iox')).toBe('404')
    expect(await statusOf(url, '/socket')).toBe('404')
    await (await TestSocket.open(`${ws}/ws`)).settled()
  })
})
