import { describe, expect, it } from 'vitest'
import { CONNECTION_RULES, NOBODY, unlimitedBytes } from '../../../test/support/connections.ts'
import { anyone } from '../../../test/support/hub.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { Refusal } from '../../core/errors.ts'
import {
  ConnectionRegistry,
  type ConnectionRules,
  type LifeRules,
  type ManagedConnection,
  type Party,
  type Registration,
} from './connection-registry.ts'

/** A connection that records what is done to it. */
class Recorded implements ManagedConnection {
  readonly done: string[] = []

  end(cause: string, reason: string): void {
    this.done.push(`${cause}: ${reason}`)
  }

  terminate(): void {
    this.done.push('cut')
  }

  checkLife(now: number, { idlePing, deadAfter }: LifeRules): void {
    this.done.push(`asked at ${now} (${idlePing}, ${deadAfter})`)
  }
}

/** One whose transport has no pings. */
class Mute implements ManagedConnection {
  end(): void {}
  terminate(): void {}
}

function setUp(rules: Partial<ConnectionRules> = {}) {
  const clock = new ManualClock()
  const registry = new ConnectionRegistry({
    clock,
    rules: { ...CONNECTION_RULES, ...rules },
    heldBytes: unlimitedBytes(),
  })
  const end = new AbortController()
  const party: Party = {
    principal: { ...anyone, ended: end.signal },
    client: 'ann',
    holder: NOBODY,
    isPrivileged: false,
    transport: 'websocket',
  }
  const add = (more: Partial<Party> = {}): { connection: Recorded; registration: Registration } => {
    const connection = new Recorded()
    return { connection, registration: registry.add(connection, { ...party, ...more }) }
  }
  return { clock, registry, end, add }
}

function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`
  }
  throw new Error('not refused')
}

describe('the registry of connections', () => {
  it('says of each that it is ending once the server goes down, and tells none of them twice', async () => {
    const { registry, end, add } = setUp()
    const { connection, registration } = add()
    const closed = registry.close(3000)
    expect(registration.isEnding).toBe(true)
    end.abort('signed out')
    expect(connection.done).toEqual(['shutdown: the server is going down'])
    registration.release()
    await closed
  })

  it('counts by transport, and gives a place back once', () => {
    const { registry, add } = setUp()
    const { registration } = add()
    add({ transport: 'http' })
    add({ transport: 'http' })
    expect([registry.count('websocket'), registry.count('http'), registry.count('socket.io')]).toEqual([1, 2, 0])
    registration.release()
    registration.release()
    expect([registry.count('websocket'), registry.count('http')]).toEqual([0, 2])
  })

  it('has room for so many in all, whatever carries them', () => {
    const { registry, add } = setUp({ max: 2 })
    const { registration } = add()
    registry.checkRoom()
    add({ transport: 'http', client: 'bob' })
    const full = 'exhausted: the server has 2 connections, which is its limit (viewers.max)'
    expect(refusalOf(() => registry.checkRoom())).toBe(full)
    expect(refusalOf(() => add({ transport: 'socket.io', client: undefined }))).toBe(full)
    registration.release()
    add()
  })

  it('has room for so many of one client, and does not count those that have no limit', () => {
    const { add } = setUp({ maxOfClient: 2 })
    add()
    const { registration } = add({ transport: 'http' })
    expect(refusalOf(add)).toBe('limited: at most 2 connections of one client (limits.connections_per_client)')
    add({ client: 'bob' })
    for (let n = 0; n < 3; n++) add({ client: undefined })
    registration.release()
    add()
    expect(refusalOf(add)).toBe('limited: at most 2 connections of one client (limits.connections_per_client)')
  })

  it('asks for signs of life every five seconds, of those that have them', () => {
    const { clock, registry, add } = setUp()
    const { connection, registration } = add()
    registry.add(new Mute(), {
      principal: anyone,
      client: undefined,
      holder: NOBODY,
      isPrivileged: false,
      transport: 'http',
    })
    clock.advance(5000)
    expect(connection.done).toEqual([`asked at ${clock.monotonic()} (30000, 75000)`])
    clock.advance(5000)
    expect(connection.done).toHaveLength(2)
    registration.release()
    clock.advance(5000)
    expect(connection.done).toHaveLength(2)
  })
})

describe('a connection whose right ends', () => {
  it('is told why, and cut off two seconds later', () => {
    const { clock, end, add } = setUp()
    const { connection, registration } = add()
    expect(registration.isEnding).toBe(false)
    end.abort('this account was disabled')
    expect(connection.done).toEqual(['revoked: this account was disabled'])
    expect(registration.isEnding).toBe(true)
    clock.advance(1999)
    expect(connection.done).toHaveLength(1)
    clock.advance(1)
    expect(connection.done.slice(1)).toEqual(['cut'])
  })

  it('is not cut off when it has gone by itself', () => {
    const { clock, end, add } = setUp()
    const { connection, registration } = add()
    end.abort()
    registration.release()
    clock.advance(4000)
    expect(connection.done).toEqual(['revoked: no longer allowed'])
  })

  it('is told nothing if it went before', () => {
    const { end, add } = setUp()
    const { connection, registration } = add()
    registration.release()
    end.abort('too late')
    expect(connection.done).toEqual([])
  })

  it('is told at once if that was before it opened', () => {
    const { end, add } = setUp()
    end.abort('signed out')
    const { connection, registration } = add()
    expect(connection.done).toEqual(['revoked: signed out'])
    expect(registration.isEnding).toBe(true)
  })
})

describe('going down', () => {
  const GOODBYE = 'shutdown: the server is going down'

  it('says goodbye to all, and is done when they have gone', async () => {
    const { clock, registry, add } = setUp()
    const [first, second] = [add(), add({ transport: 'http' })]
    let isClosed = false
    const closed = registry.close(3000).then(() => {
      isClosed = true
    })
    expect([first.connection.done, second.connection.done]).toEqual([[GOODBYE], [GOODBYE]])
    first.registration.release()
    await Promise.resolve()
    expect(isClosed).toBe(false)
    second.registration.release()
    await closed
    clock.advance(10_000)
    expect([first.connection.done, second.connection.done]).toEqual([[GOODBYE], [GOODBYE]])
  })

  it('cuts off who has not gone within the patience', async () => {
    const { clock, registry, add } = setUp()
    const { connection, registration } = add()
    const closed = registry.close(3000)
    clock.advance(3000)
    expect(connection.done).toEqual([GOODBYE, 'cut'])
    registration.release()
    await closed
  })

  it('says goodbye to who comes late, and is done at once when nobody is there', async () => {
    const { registry, add, end } = setUp()
    await registry.close(3000)
    expect(registry.isClosing).toBe(true)
    const { connection, registration } = add()
    expect(connection.done).toEqual([GOODBYE])
    expect(registration.isEnding).toBe(true)
    end.abort()
    expect(connection.done).toEqual([GOODBYE])
  })
})
