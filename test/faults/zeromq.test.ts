import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Publisher, Pull, Push, Subscriber } from 'zeromq'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { encodePing } from '../../src/wire/zmtp/command.ts'
import { encodeMessage } from '../../src/wire/zmtp/frame.ts'
import { encodeGreeting } from '../../src/wire/zmtp/greeting.ts'
import { ReceivingSocket } from '../../src/zeromq/receiving-socket.ts'
import { until } from '../support/until.ts'
import { BOUNDS, IMPATIENCE, pushHandshake, rawPeer, receiver, recordingLog, sender } from '../support/zeromq.ts'

const message = (...frames: string[]) => Buffer.concat(encodeMessage(frames.map((text) => Buffer.from(text))))

/** Binds a socket of libzmq; closed after the test. */
async function bound(socket: Push | Publisher | Pull, address = 'tcp://127.0.0.1:*') {
  onTestFinished(() => socket.close())
  await socket.bind(address)
  return socket.lastEndpoint ?? ''
}

describe('a peer that is none for us is refused with a sentence', () => {
  it.each([
    ['libzmq’s PUB', () => new Publisher(), /has a PUB socket, which does not go with PULL; type SUB does$/],
    ['libzmq’s PULL', () => new Pull(), /has a PULL socket, which does not go with PULL$/],
    [
      'libzmq’s CURVE',
      () => new Push({ curveServer: true, curveSecretKey: 'JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6' }),
      /wants the security mechanism CURVE; only NULL \(none\) is supported$/,
    ],
    [
      'libzmq’s PLAIN',
      () => new Push({ plainServer: true }),
      /wants the security mechanism PLAIN; only NULL \(none\) is/,
    ],
  ])('%s', async (_what, make, reason) => {
    const ours = receiver({ address: await bound(make()) })
    await ours.failed(reason)
    expect(ours.log.lines[0]).toMatch(reason)
  })

  it.each([
    [
      'ZMTP 2.0',
      Buffer.from('ff00000000000000017f010800', 'hex'),
      /speaks ZMTP 2.0; 3.0 or newer is needed \(libzmq 4\)$/,
    ],
    ['ZMTP 1.0', Buffer.from('0100', 'hex'), /speaks ZMTP 1.0; 3.0 or newer is needed/],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak ZeroMQ; it says "SSH-2.0-OpenSSH_9.2··"$/],
    ['one that closes at once', undefined, /has closed the connection during the handshake: perhaps/],
  ])('%s', async (_what, greeting, reason) => {
    const { address } = await rawPeer((socket) => (greeting ? socket.write(greeting) : socket.end()))
    await receiver({ address }).failed(reason)
  })

  it('a web server, however it answers', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await until(() => server.listening)
    const address = server.address()
    const port = address && typeof address === 'object' ? address.port : 0
    await receiver({ address: `tcp://127.0.0.1:${port}` }).failed(/does not speak ZeroMQ; it says "HTTP\/1.1 400 Bad/)
  })

  it('one that says nothing, and one that is not there', async () => {
    const { address } = await rawPeer(() => {})
    const patience = { ...IMPATIENCE, handshake: 100 }
    await receiver({ address, patience }).failed(/did not finish ZeroMQ's handshake within 0.1 s$/)
    await receiver({ address: 'tcp://127.0.0.1:1' }).failed(/cannot be reached: nothing listens there$/)
    await receiver({ address: 'tcp://no-such-host.invalid:1' }).failed(
      /there is no host of that name|cannot be looked up/,
    )
  })

  it('and is taken as soon as the right one is there', async () => {
    const right = new Push()
    const addresses = [await bound(new Publisher()), await bound(right)]
    // Both are at one address, one after the other: a port that is given back may be taken by others.
    const { address } = await rawPeer((socket) => {
      const there = connect(
        Number(new URL(addresses.length > 1 ? (addresses.shift() ?? '') : (addresses[0] ?? '')).port),
      )
      socket.pipe(there).pipe(socket)
      for (const each of [socket, there]) each.on('error', () => there.destroy())
    })
    const ours = receiver({ address })
    await ours.failed(/has a PUB socket/)
    await right.send(['a', 'b', 'c'])
    await until(() => ours.messages.length === 1, 'the message')
  })
})

describe('what a connected peer may do', () => {
  it.each(['keep', 'skip'])(
    'announcing 4 GiB is refused before memory is taken (%s), and connected to anew',
    async (word) => {
      let connections = 0
      const { address } = await rawPeer((socket) => {
        connections++
        const announced = Buffer.from('020000000100000000', 'hex')
        if (connections > 2) socket.write(Buffer.concat([pushHandshake(1), message('good', 'b', 'c')]))
        else
          socket.write(
            Buffer.concat([
              pushHandshake(1),
              message(word, 'b', 'c'),
              message(word, 'b', '').subarray(0, -2),
              announced,
            ]),
          )
      })
      const ours = receiver({ address })
      await ours.failed(/announces a message of 42949673\d\d bytes or more; at most 10000000 are taken$/)
      await until(() => ours.messages.at(-1)?.[0] === 'good', 'the good one')
      expect(process.memoryUsage().arrayBuffers).toBeLessThan(1e9)
    },
  )

  it('announcing what is allowed, but more than there is memory for, is refused', async () => {
    // Flags: a long frame, and more to come; 2⁵² bytes.
    const announced = Buffer.from('03' + '0010000000000000', 'hex')
    const { address } = await rawPeer((socket) => socket.resume().write(Buffer.concat([pushHandshake(1), announced])))
    const most = Number.MAX_SAFE_INTEGER
    await receiver({ address, bounds: { maxFrames: 3, maxMessageBytes: most, maxLeadingBytes: most } }).failed(
      /announces a frame of 4503599627370496 bytes, for which there is no memory here$/,
    )
  })

  it('ending in the middle of a message leaves nothing of it', async () => {
    let connections = 0
    const { address } = await rawPeer((socket) => {
      const bytes = Buffer.concat([pushHandshake(1), message('a', 'b', 'x'.repeat(50_000))])
      if (connections++ === 0) socket.end(bytes.subarray(0, -10_000))
      else socket.write(bytes)
    })
    const ours = receiver({ address })
    await until(() => ours.messages.length === 1, 'the message')
    expect(ours.messages).toEqual([['a', 'b', '50000 bytes']])
    expect(connections).toBe(2)
  })

  it('sending nothing at all is noticed without heartbeats too, and a new connection made', async () => {
    const peer = await rawPeer((socket) => socket.write(Buffer.concat([pushHandshake(0), message('hello')])))
    const ours = receiver({ address: peer.address, idleTimeout: 100 })
    await ours.failed(/has sent no message for 0.1 s$/)
    await until(() => ours.messages.length > 2, 'a message of each connection')
    expect(peer.sockets.size).toBeGreaterThan(2)
  })

  it('asking and asking ends the connection', async () => {
    const pings = Buffer.concat(Array.from({ length: 20_000 }, () => encodePing(1000)))
    const { address } = await rawPeer((socket) => {
      socket.pause()
      socket.write(Buffer.concat([pushHandshake(1), pings]))
    })
    await receiver({ address }).failed(/asks for an answer over and over$/)
  })
})

describe('a socket that listens', () => {
  it('says that its port is taken, and takes it once it is free', async () => {
    const first = await sender()
    const ours = receiver({ address: first.address, role: 'bind' })
    await ours.failed(/cannot be listened at: another program does$/)
    await first.socket.close(0)
    expect(await ours.listening()).toBe(first.address)
  })

  it('takes no more peers than it may, and minds no strangers', async () => {
    const ours = receiver({ address: 'tcp://127.0.0.1:0', role: 'bind', maxPeers: 3 })
    const address = await ours.listening()
    const push = new Push()
    onTestFinished(() => push.close())
    push.connect(address)
    await ours.connected()
    const port = Number(new URL(address).port)
    let ended = 0
    for (let i = 0; i < 100; i++) {
      const stranger = connect(port, '127.0.0.1', () => stranger.write('GET / HTTP/1.1\r\n\r\n')).resume()
      stranger.on('error', () => {}).on('close', () => ended++)
      onTestFinished(() => void stranger.destroy())
    }
    await until(() => ended === 100, 'the end of all strangers')
    const silent = Array.from({ length: 3 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    )
    onTestFinished(() => silent.forEach((socket) => void socket.destroy()))
    await until(() => silent.some((socket) => socket.closed), 'the refusal of one too many')
    expect(silent.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(2)
    await push.send('still there')
    await until(() => ours.messages.length === 1, 'the message')
    expect(ours.socket.state).toEqual({ kind: 'connected', peers: 1 })
    expect(ours.log.lines.length, 'a warning, and that it is connected again').toBeLessThanOrEqual(2)
  })

  it('is not kept from its sender by those who only connect', async () => {
    const ours = receiver({ address: 'tcp://127.0.0.1:0', role: 'bind', maxPeers: 3 })
    const address = await ours.listening()
    const port = Number(new URL(address).port)
    const silent = Array.from({ length: 20 }, () => connect(port, '127.0.0.1').resume())
    for (const socket of silent) {
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
    }
    await until(() => silent.filter((socket) => socket.closed).length >= 17, 'only three of them')
    const push = new Push()
    onTestFinished(() => push.close())
    push.connect(address)
    await ours.connected()
    await push.send('here')
    await until(() => ours.messages.length === 1, 'the message')
  })

  it('and publishes takes no messages, and no more subscriptions than it may hold', async () => {
    const log = recordingLog()
    const ours = await sender({ type: 'PUB', log })
    const subscriber = new Subscriber()
    onTestFinished(() => subscriber.close())
    subscriber.connect(ours.address)
    await ours.peers(1)
    for (let i = 0; i < 101; i++) subscriber.subscribe(`topic ${i}`)
    await until(() => log.lines.some((line) => line.endsWith('has more than 100 subscriptions')), 'the sentence')
    const port = Number(new URL(ours.address).port)
    const talker = connect(port, '127.0.0.1').resume()
    onTestFinished(() => void talker.destroy())
    talker.write(
      Buffer.concat([
        encodeGreeting(),
        Buffer.from('\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB', 'latin1'),
        message('hi'),
      ]),
    )
    await new Promise((resolve) => talker.on('error', () => {}).once('close', resolve))
  })
})

it.each(['keep', 'skip'])(
  'a sender that is faster than we are is read all the time, and nothing piles up (%s)',
  async (word) => {
    const theirs = await sender({ highWaterMark: 3 })
    const ours = receiver({ address: theirs.address })
    await ours.connected()
    const image = new Uint8Array(2_457_600)
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for (let i = 0; i < 100; i++) {
      await theirs.send(word, String(i), image)
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    await until(() => ours.messages.length + ours.skipped.length === 100, 'all messages')
    // What was kept and is no longer held waits for the garbage collector.
    if (word === 'skip') expect(most).toBeLessThan(3 * image.length)
  },
)

it.each(['headers', 'message', 'skipped', 'connected'])(
  'a socket that is closed while it tells something (%s) tells nothing more',
  async (moment) => {
    const all = Buffer.concat([
      pushHandshake(1),
      message('a', 'b', 'c'),
      message('skip', 'b', 'c'),
      message('a', 'b', 'c'),
    ])
    const { address, sockets } = await rawPeer((socket) => socket.resume().write(all))
    const told: string[] = []
    const closed = Promise.withResolvers<void>()
    const tell = (what: string) => {
      told.push(what)
      if (what === moment) closed.resolve(socket.close())
    }
    const socket = new ReceivingSocket(
      {
        address,
        role: 'connect',
        type: 'PULL',
        leadingFrames: 2,
        bounds: BOUNDS,
        clock: systemClock,
        log: recordingLog(),
      },
      {
        connection: () => ({
          headers([first]) {
            tell('headers')
            return String(first && Buffer.from(first)) === 'skip' ? 'skip' : 'keep'
          },
          message: () => tell('message'),
          skipped: () => tell('skipped'),
        }),
        state: ({ kind }) => tell(kind),
      },
    )
    await closed.promise
    await until(() => [...sockets].every((each) => each.closed), 'the end of the connection')
    expect(sockets.size).toBe(1)
    expect(told.at(-1)).toBe(moment)
    expect(told.filter((what) => what === moment)).toHaveLength(1)
  },
)

it.each(['connect', 'bind'] as const)(
  'a peer that sends thousands of messages at once leaves everybody else their turns (%s)',
  async (role) => {
    const messages = 200
    let handled = 0
    let inThisTurn = 0
    let mostInATurn = 0
    const connection = () => ({
      headers: () => 'skip' as const,
      message() {},
      skipped() {
        handled++
        mostInATurn = Math.max(mostInATurn, ++inThisTurn)
        // A message that is costly to read.
        const end = performance.now() + 1
        while (performance.now() < end);
      },
    })
    const everybodyElse = () => {
      inThisTurn = 0
      if (handled < messages) setImmediate(everybodyElse)
    }
    const all = Buffer.concat([pushHandshake(1), ...Array.from({ length: messages }, () => message('a', 'b', 'c'))])
    const { address } = await rawPeer((socket) => socket.resume().write(all))
    const { promise: listening, resolve } = Promise.withResolvers<string>()
    const socket = new ReceivingSocket(
      {
        address: role === 'connect' ? address : 'tcp://127.0.0.1:0',
        ...{ role, type: 'PULL', leadingFrames: 2, bounds: BOUNDS, clock: systemClock, log: recordingLog() },
      },
      { connection, state: (state) => void (state.kind === 'listening' && resolve(state.address)) },
    )
    onTestFinished(() => socket.close())
    if (role === 'bind') {
      const peer = connect(Number(/\d+$/.exec(await listening)?.[0]), '127.0.0.1').on('error', () => {})
      onTestFinished(() => void peer.destroy())
      peer.resume().write(all)
    }
    everybodyElse()
    await until(() => handled === messages, 'all messages')
    // Each takes a millisecond, and five of them are a turn.
    expect(mostInATurn).toBeLessThan(20)
  },
)
