import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Publisher, Pull, Push, type Socket, Subscriber } from 'zeromq'
import type { Clock } from '../../src/core/clock.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'
import { rawPeer, receiver, sender } from '../support/zeromq.ts'

/** Closes a socket of libzmq after the test. */
function closing<Kind extends Socket>(socket: Kind): Kind {
  onTestFinished(() => socket.close())
  return socket
}

async function bound<Kind extends Push | Publisher | Pull | Subscriber>(socket: Kind) {
  closing(socket)
  await socket.bind('tcp://127.0.0.1:*')
  return { socket, address: socket.lastEndpoint ?? '' }
}

describe('what libzmq sends', () => {
  it.each([
    ['PUSH', 'PULL'],
    ['PUB', 'SUB'],
  ] as const)('as %s is read by %s: whole messages, of any size, some of them skipped', async (theirs, type) => {
    const { socket, address } = await bound(theirs === 'PUSH' ? new Push() : new Publisher())
    const ours = receiver({ address: address.replace('127.0.0.1', 'localhost'), type })
    await ours.connected()
    // A subscription takes a moment to arrive.
    for (let tries = 0; ours.messages.length === 0; tries++) {
      await socket.send(['first', String(tries)])
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await socket.send(['header', 'data header', Buffer.alloc(2_457_600), '', Buffer.alloc(16), Buffer.alloc(300)])
    await socket.send(['skip', 'it', Buffer.alloc(2_457_600), ''])
    await socket.send('stop')
    await until(() => ours.messages.at(-1)?.[0] === 'stop', 'the last message')
    expect(ours.messages.slice(-2)).toEqual([
      ['header', 'data header', '2457600 bytes', '', '\0'.repeat(16), '300 bytes'],
      ['stop'],
    ])
    expect(ours.skipped).toEqual([2_457_606])
    expect(ours.states).toEqual([{ kind: 'connected', peers: 1 }])
    expect(ours.log.lines).toEqual([])
  })

  it('is read where we listen, from several at once', async () => {
    const ours = receiver({ address: 'tcp://127.0.0.1:*', role: 'bind' })
    const address = await ours.listening()
    for (const name of ['a', 'b']) {
      const socket = closing(new Push())
      socket.connect(address)
      await socket.send([name, 'b', Buffer.alloc(200_000)])
    }
    await until(() => ours.messages.length === 2, 'both')
    expect(ours.messages.map(([name]) => name).sort()).toEqual(['a', 'b'])
    expect(ours.states.at(-1)).toEqual({ kind: 'connected', peers: 2 })
  })

  it('is read over IPv6', async () => {
    const ours = receiver({ address: 'tcp://[::1]:*', role: 'bind' })
    const socket = closing(new Push({ ipv6: true }))
    socket.connect(await ours.listening())
    await socket.send('over IPv6')
    await until(() => ours.messages.length === 1, 'the message')
  })
})

describe('what we send', () => {
  it('as PUSH is read by libzmq, in turn by each that pulls, and waits for the first', async () => {
    const ours = await sender()
    expect(ours.socket.send([Buffer.from('nobody')])).toBe(false)
    const pulls = [closing(new Pull()), closing(new Pull())]
    for (const pull of pulls) pull.connect(ours.address)
    await ours.peers(2)
    for (let i = 0; i < 6; i++) await ours.send(String(i), Buffer.alloc(100_000))
    const read = await Promise.all(
      pulls.map(async (pull) => [await pull.receive(), await pull.receive(), await pull.receive()]),
    )
    const texts = read.map((messages) => messages.map(([first]) => String(first)).join(''))
    expect(texts.sort()).toEqual(['024', '135'])
    expect(read.flat().every(([, second]) => second?.length === 100_000)).toBe(true)
  })

  it('as PUSH is all read before the socket is closed', async () => {
    const ours = await sender()
    const pull = closing(new Pull())
    pull.connect(ours.address)
    await ours.peers(1)
    for (let i = 0; i < 5; i++) await ours.send(String(i), Buffer.alloc(1_000_000))
    await ours.socket.close(5000)
    for (let i = 0; i < 5; i++) expect(String((await pull.receive())[0])).toBe(String(i))
  })

  it('as PUB is read by those who have subscribed to it, and only what they have', async () => {
    const ours = await sender({ type: 'PUB' })
    const all = closing(new Subscriber())
    all.connect(ours.address)
    all.subscribe()
    const some = closing(new Subscriber())
    some.connect(ours.address)
    some.subscribe('b', 'c')
    some.unsubscribe('c')
    await ours.peers(2)
    // Each subscribes when it likes: what is sent before is not for it.
    let haveNotRead = 2
    const firsts = Promise.all([all, some].map((each) => each.receive().finally(() => haveNotRead--)))
    while (haveNotRead > 0) {
      await ours.send('b first')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect((await firsts).map(([frame]) => String(frame))).toEqual(['b first', 'b first'])
    for (const text of ['a', 'c', 'b last']) await ours.send(text, 'x')
    for await (const [frame] of all) if (String(frame) === 'b last') break
    const seen = new Set(['b first'])
    for await (const [frame] of some) {
      seen.add(String(frame))
      if (String(frame) === 'b last') break
    }
    expect([...seen]).toEqual(['b first', 'b last'])
  })

  it('is sent where the other side listens', async () => {
    const { socket, address } = await bound(new Pull())
    const ours = await sender({ address, role: 'connect' })
    await ours.send('hello')
    expect(String(await socket.receive())).toBe('hello')
  })
})

/** Passes on what is said to a peer and by it, and counts the bytes of either. */
async function relay(peer: string) {
  const passed = { fromClient: 0, fromPeer: 0 }
  const { address } = await rawPeer((client) => {
    const there = connect(Number(new URL(peer).port), '127.0.0.1')
    client.pipe(there).pipe(client)
    client.on('data', ({ length }) => {
      passed.fromClient += length
    })
    there.on('data', ({ length }) => {
      passed.fromPeer += length
    })
    for (const each of [client, there]) each.on('error', () => {}).on('close', () => there.destroy())
    onTestFinished(() => void there.destroy())
  })
  return { address, passed }
}

it('a connection that nothing comes over lives on by its heartbeats, ours and those of libzmq', async () => {
  // Only heartbeats keep to the test's clock: one comes when the one before was answered, on a busy machine too.
  const patience = { handshake: 60_000, heartbeatInterval: 10_000, heartbeatTimeout: 50_000 }
  const beats = new ManualClock()
  const clock: Clock = {
    ...systemClock,
    after: (delay, action) => (delay === patience.heartbeatInterval ? beats : systemClock).after(delay, action),
  }
  const push = await relay((await bound(new Push())).address)
  const ours = receiver({ address: push.address, patience, clock })
  await ours.connected()
  const sending = await sender({ patience, clock })
  const us = await relay(sending.address)
  const pull = closing(new Pull({ heartbeatInterval: 20, heartbeatTimeout: 60_000, heartbeatTimeToLive: 60_000 }))
  pull.connect(us.address)
  await sending.peers(1)
  for (let beat = 0; beat < 20; beat++) {
    const [ofPush, ofPull] = [push.passed.fromPeer, us.passed.fromClient]
    beats.advance(patience.heartbeatInterval)
    await until(() => push.passed.fromPeer > ofPush && us.passed.fromClient > ofPull, 'the answers')
  }
  expect(ours.states.at(-1)).toEqual({ kind: 'connected', peers: 1 })
  expect(ours.log.lines).toEqual([])
  expect(sending.states.map(({ kind }) => kind)).toEqual(['listening', 'connected'])
})
