import { describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { until } from '../support/until.ts'
import { IMPATIENCE, receiver, sender } from '../support/zeromq.ts'
import { PythonPeer } from '../support/zeromq-python.ts'

describe('Python’s pyzmq', () => {
  it.each([
    ['PUSH', 'PULL'],
    ['PUB', 'SUB'],
  ] as const)('as %s is read by %s, restarted and stopped as it may be', async (theirs, type) => {
    const first = new PythonPeer('send', theirs, `tcp://127.0.0.1:${await freePort()}`)
    const address = await first.address()
    const ours = receiver({ address, type, patience: IMPATIENCE })
    const more = (count: number) => {
      const before = ours.messages.length
      return until(() => ours.messages.length >= before + count, 'messages')
    }
    await more(3)
    expect(ours.messages.at(-1)?.slice(1)).toEqual(['header', '300000 bytes'])

    await first.kill()
    await ours.failed(/has closed the connection$/)
    await ours.failed(/cannot be reached: nothing listens there$/)
    const second = new PythonPeer('send', theirs, address)
    await more(3)
    await ours.connected()

    second.stop()
    await ours.failed(/has been silent for 0.2 s, though it should answer heartbeats$/)
    second.resume()
    await ours.connected()
    await more(5)
    await until(() => ours.log.lines.at(-1) === `ZeroMQ: ${address} is connected again`, 'a line')
  })

  it.each([
    ['PUSH', 'PULL'],
    ['PUB', 'SUB'],
  ] as const)('reads what %s sends with %s, and again after we were restarted', async (type, theirs) => {
    const first = await sender({ type, address: `tcp://127.0.0.1:${await freePort()}` })
    const python = new PythonPeer('receive', theirs, first.address)
    await first.peers(1)
    const sendUntil = async (ours: typeof first, lines: number) => {
      let isSeen = false
      const seen = python.line(lines).then((line) => {
        isSeen = true
        return line
      })
      while (!isSeen) {
        await ours.send('a', '', new Uint8Array(500_000))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return seen
    }
    expect(await sendUntil(first, 3)).toEqual({ lengths: [1, 0, 500_000] })
    await first.socket.close(2000)
    const second = await sender({ type, address: first.address })
    await second.peers(1)
    await sendUntil(second, 50)
  })

  it('that does not read makes PUSH wait, holding no more than the high-water mark, and PUB drop', async () => {
    const push = await sender({ highWaterMark: 2 })
    const puller = new PythonPeer('receive', 'PULL', push.address)
    await push.peers(1)
    await push.send('first')
    await puller.line()
    puller.stop()
    const large = new Uint8Array(3_000_000)
    await until(() => !push.socket.send([large]), 'a full queue')
    expect(push.socket.state).toEqual({ kind: 'connected', peers: 1 })
    puller.resume()
    await push.socket.drained()
    expect(push.socket.send([large])).toBe(true)

    const pub = await sender({ type: 'PUB', highWaterMark: 2 })
    const subscriber = new PythonPeer('receive', 'SUB', pub.address)
    await until(() => pub.socket.send([Buffer.from('first')]) && pub.socket.state.kind === 'connected', 'a subscriber')
    let isSubscribed = false
    void subscriber.line().then(() => {
      isSubscribed = true
    })
    await until(() => pub.socket.send([Buffer.from('first')]) && isSubscribed, 'a subscription')
    subscriber.stop()
    await until(() => pub.socket.send([large]) && pub.socket.dropped > 0, 'a dropped message')
  })
})
