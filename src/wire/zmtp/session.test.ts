import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunked, chunking } from '../../../test/support/chunks.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { ZmtpRole } from './address.ts'
import { encodePing, encodeReady, encodeSubscribe } from './command.ts'
import { encodeCommandFrame, encodeMessage } from './frame.ts'
import { encodeGreeting } from './greeting.ts'
import { Session } from './session.ts'
import type { SocketType } from './socket-type.ts'
import { parseSubscription } from './subscription-message.ts'
import { ZmtpError } from './zmtp-error.ts'

const PATIENCE = { handshake: 5000, heartbeatInterval: 1000, heartbeatTimeout: 2000 }

/** A session, and what it says and tells. */
function start(type: SocketType = 'PULL', role: ZmtpRole = 'bind') {
  const clock = new ManualClock()
  const said: Buffer[] = []
  const told: string[] = []
  const state = { isBehind: false }
  const session = new Session({
    ...{ type, role, clock, patience: PATIENCE },
    write: (bytes) => void said.push(Buffer.from(bytes)),
    ready: () => void told.push('ready'),
    isBehind: () => state.isBehind,
    failed: ({ message }) => void told.push(message),
    messages: {
      begin: ({ size }) => (size > 100_000 ? undefined : new Uint8Array(size)),
      end: ({ size, hasMore }) => void told.push(`frame ${size}${hasMore ? '+' : ''}`),
    },
    subscription: (kind, prefix) => void told.push(`${kind} ${Buffer.from(prefix)}`),
  })
  return {
    session,
    told,
    state,
    clock,
    /** What it has said since the last call. */
    said: () => Buffer.concat(said.splice(0)),
    hear: (...bytes: Uint8Array[]) => readAll(session, Buffer.concat(bytes)),
  }
}

/** What is left of a chunk after a message is read on. */
function readAll(session: Session, chunk: Uint8Array): void {
  for (let rest = chunk; rest.length > 0; ) rest = rest.subarray(session.receive(rest))
}

/** The greeting of a peer of another version. */
function greeting(major: number, minor: number): Uint8Array {
  const bytes = encodeGreeting()
  bytes[10] = major
  bytes[11] = minor
  return bytes
}

const ping = Buffer.from(encodePing(6000))

describe('a handshake', () => {
  it.each([
    ['PULL', 'PUSH'],
    ['SUB', 'PUB'],
  ] as const)('of %s and %s succeeds, however the bytes are cut', (one, other) => {
    fc.assert(
      fc.property(chunking, (cuts) => {
        const receiver = start(one, 'connect')
        const sender = start(other)
        for (let round = 0; round < 4; round++) {
          for (const chunk of chunked(receiver.said(), cuts)) readAll(sender.session, chunk)
          for (const chunk of chunked(sender.said(), cuts)) readAll(receiver.session, chunk)
        }
        expect(receiver.told).toEqual(['ready'])
        expect(sender.told).toEqual(one === 'SUB' ? ['ready', 'SUBSCRIBE '] : ['ready'])
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['PULL', 'PUB', 'has a PUB socket, which does not go with PULL; type SUB does'],
    ['SUB', 'PUSH', 'has a PUSH socket, which does not go with SUB; type PULL does'],
    ['PULL', 'XPUB', 'has an XPUB socket, which does not go with PULL; type SUB does'],
    ['PULL', 'PULL', 'has a PULL socket, which does not go with PULL'],
    ['PUSH', 'SUB', 'has a SUB socket, which does not go with PUSH; type PUB does'],
    ['SUB', 'REQ', 'has a REQ socket, which does not go with SUB'],
    ['SUB', '', 'does not say what type of socket it has'],
  ] as const)('of %s with %s is refused', (type, peer, sentence) => {
    const { told, hear } = start(type)
    hear(encodeGreeting(), encodeReady(peer))
    expect(told).toEqual([sentence])
  })

  it.each([
    ['a message', encodeMessage([new Uint8Array(1)])[0], 'sends a message before it is ready'],
    ['an error', encodeCommandFrame('ERROR', Buffer.from('\x03400')), 'refuses the connection: 400'],
    [
      'a huge command',
      Buffer.from('0600000000ffffffff', 'hex'),
      'announces a command of 4294967295 bytes; at most 16384 are taken',
    ],
  ])('ends with a sentence when the peer sends %s', (_what, bytes = new Uint8Array(0), sentence) => {
    const { told, hear } = start()
    hear(encodeGreeting(), bytes)
    expect(told).toEqual([sentence])
  })

  it('says what we have after the peer has said what it has, or has waited for us', () => {
    const { said, hear } = start('PULL', 'connect')
    expect(said()).toHaveLength(12)
    hear(encodeGreeting().subarray(0, 63))
    expect(said()).toHaveLength(0)
    hear(encodeGreeting().subarray(63))
    expect(said()).toEqual(Buffer.from(encodeGreeting().subarray(12)))
    hear(encodeReady('PUSH'))
    expect(said()).toEqual(Buffer.from(encodeReady('PULL')))
    const second = start('PULL', 'connect')
    second.clock.advance(300)
    expect(second.said()).toEqual(Buffer.from(encodeGreeting()))
    second.hear(encodeGreeting())
    second.clock.advance(300)
    expect(second.said()).toEqual(Buffer.from(encodeReady('PULL')))
  })

  it('must be done in time', () => {
    const { told, clock, hear } = start()
    hear(encodeGreeting())
    clock.advance(4999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(["did not finish ZeroMQ's handshake within 5 s"])
    hear(encodeReady('PUSH'))
    expect(told).toHaveLength(1)
  })

  it('is done once', () => {
    const { told, hear } = start()
    hear(encodeGreeting(), encodeReady('PUSH'), encodeReady('PUSH'))
    expect(told).toEqual(['ready', 'says twice that it is ready'])
  })
})

describe('subscriptions', () => {
  it('are a command to peers of ZMTP 3.1, and a message to older ones', () => {
    const newer = start('SUB')
    newer.hear(greeting(3, 1), encodeReady('PUB'))
    expect(newer.said().subarray(-encodeSubscribe(new Uint8Array(0)).length)).toEqual(
      Buffer.from(encodeSubscribe(new Uint8Array(0))),
    )
    const older = start('SUB')
    older.hear(greeting(3, 0), encodeReady('PUB'))
    expect(older.said().subarray(-3)).toEqual(Buffer.from([0, 1, 1]))
  })

  it('are read from either', () => {
    const { told, hear } = start('PUB')
    hear(
      encodeGreeting(),
      encodeReady('SUB'),
      encodeSubscribe(Buffer.from('a')),
      encodeCommandFrame('CANCEL', Buffer.from('a')),
    )
    expect(told).toEqual(['ready', 'SUBSCRIBE a', 'CANCEL a'])
    expect(parseSubscription(Buffer.from('\x01ab'))).toEqual({ kind: 'SUBSCRIBE', prefix: Buffer.from('ab') })
    expect(parseSubscription(Buffer.from('\0'))).toEqual({ kind: 'CANCEL', prefix: Buffer.from('') })
    expect(() => parseSubscription(Buffer.from('hello'))).toThrow(ZmtpError)
  })
})

describe('heartbeats', () => {
  /** A session that is ready, with a peer of that version. */
  function ready(major: number, minor: number) {
    const started = start()
    started.hear(greeting(major, minor), encodeReady('PUSH'))
    started.said()
    started.told.length = 0
    return started
  }

  it('are sent once a second to peers of ZMTP 3.1 and newer, and to no others', () => {
    const newer = ready(3, 1)
    newer.clock.advance(1000)
    expect(newer.said()).toEqual(ping)
    newer.hear(encodeCommandFrame('PONG', new Uint8Array(0)))
    newer.clock.advance(1000)
    expect(newer.said()).toEqual(ping)
    const older = ready(3, 0)
    older.clock.advance(60_000)
    expect(older.said()).toHaveLength(0)
    expect(older.told).toEqual([])
  })

  it('are answered with their own context', () => {
    const { said, hear } = ready(3, 1)
    hear(encodeCommandFrame('PING', Buffer.from('\0\0context')))
    expect(said()).toEqual(Buffer.from(encodeCommandFrame('PONG', Buffer.from('context'))))
  })

  it('are no way to keep us busy', () => {
    const { clock, told, hear } = ready(3, 1)
    for (let second = 0; second < 10; second++) {
      hear(...Array.from({ length: 1000 }, () => ping))
      clock.advance(1000)
    }
    expect(told).toEqual([])
    hear(...Array.from({ length: 3000 }, () => ping))
    expect(told).toEqual(['asks for an answer over and over'])
  })

  it('find a peer that has stopped', () => {
    const { clock, told } = ready(3, 1)
    clock.advance(2999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['has been silent for 2 s, though it should answer heartbeats'])
    expect(clock.timers).toBe(0)
  })

  it('find it sooner if it would not have waited longer for us', () => {
    const { clock, told, hear } = ready(3, 1)
    hear(encodePing(1000))
    clock.advance(2000)
    expect(told).toEqual(['has been silent for 1 s, though it should answer heartbeats'])
  })

  it('are content with whatever comes, and blame nobody for what we are late with ourselves', () => {
    const { clock, told, hear } = ready(3, 1)
    for (let second = 0; second < 10; second++) {
      clock.advance(1000)
      hear(Buffer.from([0]))
      hear(Buffer.from([1, 7]))
    }
    expect(told).toEqual(Array(10).fill('frame 1'))
  })

  it('wait while the peer has not read what it was sent', () => {
    const { clock, told, said, state } = ready(3, 1)
    state.isBehind = true
    clock.advance(60_000)
    expect(said()).toHaveLength(0)
    expect(told).toEqual([])
  })
})

it('a session that is closed says nothing, hears nothing and leaves no timer', () => {
  const { session, told, said, clock, hear } = start()
  hear(encodeGreeting(), encodeReady('PUSH'))
  said()
  session.close()
  hear(encodePing(1000), ...encodeMessage([new Uint8Array(3)]))
  expect(told).toEqual(['ready'])
  expect(said()).toHaveLength(0)
  expect(clock.timers).toBe(0)
})

it('whatever a peer sends instead ends with a sentence, or is taken', () => {
  const good = Buffer.concat([
    encodeGreeting(),
    encodeReady('PUSH'),
    encodePing(1000),
    ...encodeMessage([Buffer.from('header'), new Uint8Array(300), new Uint8Array(0)]),
    encodeCommandFrame('PONG', Buffer.from('x')),
    ...encodeMessage([Buffer.from('stop')]),
  ])
  const change = fc.record({ at: fc.nat(good.length - 1), value: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), chunking, (changes, cuts) => {
      const mutated = Buffer.from(good)
      for (const { at, value } of changes) mutated[at] = value
      const whole = start()
      whole.hear(mutated)
      const cut = start()
      for (const chunk of chunked(mutated, cuts)) readAll(cut.session, chunk)
      // What a stranger says is told as far as it has arrived.
      const withoutWords = (told: string[]) => told.map((text) => text.replace(/it says .*/, ''))
      expect(withoutWords(cut.told)).toEqual(withoutWords(whole.told))
      expect(cut.said()).toEqual(whole.said())
    }),
    { numRuns: 2000 },
  )
})
