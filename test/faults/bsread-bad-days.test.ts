import { expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { CHANNELS } from '../support/instrument.ts'
import { Sender } from '../support/sender.ts'
import { type Fields, TestServer } from '../support/server.ts'
import { Simulator } from '../support/simulator.ts'
import { until } from '../support/until.ts'
import { pushHandshake, rawPeer } from '../support/zeromq.ts'

/** Seconds, short enough for a test: only where heartbeats are missing, as they are late on a busy machine. */
const IMPATIENT = { 'instruments.heartbeat_s': 0.2, 'instruments.heartbeat_timeout_s': 0.4 }

/** A server that reads the instrument at that port. */
async function reading(port: number, config: Readonly<Record<string, number>> = {}) {
  const server = await TestServer.start({ config: { source_host: '127.0.0.1', source_port: port, ...config } })
  const stream = async (key = 'image'): Promise<Fields> => {
    const streams = await server.streams()
    return streams.find((each) => each.label === 'beamline' && each.key === key) ?? {}
  }
  return {
    server,
    stream,
    /** What is said of the instrument on its stream. */
    async instrument(): Promise<Fields> {
      const { instrument } = await stream()
      return typeof instrument === 'object' && instrument !== null ? { ...instrument } : {}
    },
    isLive: (key?: string) => until(async () => (await stream(key)).state === 'live', 'a live stream'),
    /** Waits until the stream is offline for such a reason. */
    async isOffline(reason: RegExp, key?: string): Promise<void> {
      let said: Fields = {}
      await until(async () => {
        said = await stream(key)
        return said.state === 'offline' && reason.test(String(said.reason))
      }, `${reason}`).catch(() =>
        expect(said).toMatchObject({ state: 'offline', reason: expect.stringMatching(reason) }),
      )
    },
  }
}

it('a sender that is killed and started again: offline with the reason, then live, and counted as a restart', async () => {
  const port = ['--output-port', String(await freePort())]
  const simulator = await Simulator.beamline(...port)
  const { isLive, isOffline, instrument } = await reading(simulator.port)
  await isLive()
  await until(async () => Number((await instrument()).pulse_id) > 20, 'pulses')
  await simulator.signal('SIGKILL')
  await isOffline(/cannot be reached: nothing listens there/)
  await Simulator.beamline(...port)
  await isLive()
  await until(async () => (await instrument()).restarts === 1, 'a restart')
})

it('a sender that is stopped does not answer heartbeats: offline with the reason, and live when it goes on', async () => {
  const simulator = await Simulator.beamline()
  const { isLive, isOffline } = await reading(simulator.port, IMPATIENT)
  await isLive()
  await simulator.signal('SIGSTOP')
  await isOffline(/heartbeats|handshake/)
  await simulator.signal('SIGCONT')
  await isLive()
})

it('a sender of the wrong socket type: the reason says which to take', async () => {
  const wrong = await Sender.open('PUB', await freePort())
  const { isLive, isOffline } = await reading(wrong.port)
  await isOffline(/has a PUB socket, which does not go with PULL; type SUB does/)
  await wrong.close()
  const right = await Sender.open('PUSH', wrong.port)
  await right.pulse()
  await isLive()
})

it('a sender that changes its channels: new ones appear, missing ones are offline and say why', async () => {
  const sender = await Sender.open()
  const { isLive, isOffline } = await reading(sender.port)
  await sender.pulse()
  await isLive()
  const others = CHANNELS.map((channel) => (channel.name === 'image' ? { ...channel, name: 'other' } : channel))
  await sender.pulse(others)
  await isLive('other')
  await isOffline(/no longer sends the channel "image"/)
  await sender.pulse()
  await isLive()
})

it('malformed messages between good ones are counted, the last one with its reason, and the stream goes on', async () => {
  const sender = await Sender.open()
  const { server, isLive, instrument, stream } = await reading(sender.port)
  const text = new TextEncoder()
  await sender.pulse()
  await isLive()
  for (const frames of [['{'], ['{}', '{}'], ['', '', ''], ['{"htype":"bsr_m-1.1"}', 'x']]) {
    await sender.send(frames.map((frame) => text.encode(frame)))
    await sender.pulse()
  }
  await until(async () => (await instrument()).messages === 5, 'all pulses')
  expect(await instrument()).toMatchObject({ rejected: 4, state: 'live' })
  const metrics = await (await server.get('/metrics')).text()
  for (const counter of ['messages_total{instrument="beamline"} 5', 'rejected_total{instrument="beamline"} 4'])
    expect(metrics).toContain(`belvedere_instrument_${counter}`)
  expect((await stream()).state).toBe('live')
})

it('a sender that is faster than it can be read costs nobody else: what is not wanted is dropped', async () => {
  const simulator = await Simulator.beamline('--rate', '100000', '--size', '640x480')
  const { server, isLive, instrument } = await reading(simulator.port)
  await isLive()
  await until(async () => Number((await instrument()).messages) > 200, 'pulses')
  expect((await server.get('/healthz')).status).toBe(200)
  expect(await instrument()).toMatchObject({ rejected: 0, lost_pulses: 0 })
})

it('a peer that announces 4 GiB is disconnected before memory is taken for it, and a sender in its place is read', async () => {
  // Flags: a long frame, and more to come; 8 bytes for its size.
  const announced = Uint8Array.of(0x03, 0, 0, 0, 1, 0, 0, 0, 0)
  const { port, stop } = await rawPeer(
    (socket) => {
      socket.resume().write(pushHandshake(1))
      socket.write(announced)
    },
    await freePort(),
  )
  const { isLive, isOffline } = await reading(port)
  await isOffline(/announces (headers|a message) of 4294967296 bytes or more/)
  await stop()
  await (await Sender.open('PUSH', port)).pulse()
  await isLive()
})

it('a port where something else listens: the reason says that it is no ZeroMQ', async () => {
  const http = 'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno'
  const { port } = await rawPeer((socket) => socket.resume().write(http))
  const { isOffline } = await reading(port)
  await isOffline(/ZeroMQ/)
})
