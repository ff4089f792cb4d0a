import { describe, expect, it } from 'vitest'
import { FakeConnection } from '../../test/support/fake-connection.ts'
import { anyone, makeHub } from '../../test/support/hub.ts'
import { jpeg } from '../../test/support/pictures.ts'
import { imgMessage } from '../../test/support/sockets.ts'
import { TestStore } from '../../test/support/stores.ts'
import { until } from '../../test/support/until.ts'
import { PublishRateLimit } from './publish-rate-limit.ts'
import { publishSocket } from './publish-socket.ts'

const FRAME = imgMessage({ label: 'site', key: 'camera' }, jpeg(8, 8))

/** A publisher's socket, with a store that may fail. */
function setUp() {
  const store = new TestStore()
  const { hub, clock } = makeHub({}, store)
  const socket = new FakeConnection()
  const limits = { maxBytes: 1e6, maxPixels: 1e6, maxTextBytes: 1e5, maxValues: 1000, maxHeaderBytes: 1e5 }
  const log = { error() {}, warn() {}, info() {} }
  publishSocket({ hub, limits, log, publishRateLimit: new PublishRateLimit(1e6, clock) })({
    socket,
    principal: anyone,
    basePath: '',
    params: {},
    refused() {},
  })
  return {
    ...{ hub, store, socket },
    /** Sends a message and waits for the answer. */
    async send(message: Uint8Array | string) {
      socket.receive(message)
      await until(() => socket.written.length > 0, 'an answer')
      return socket.take()[0]?.text
    },
  }
}

describe('a message of a publisher', () => {
  it('costs nothing when it is a frame, which is limited by its bytes', async () => {
    const { send, socket } = setUp()
    expect(await send(FRAME)).toContain('"ok"')
    expect([socket.charged, socket.refusedBytes]).toEqual([-1, 0])
  })

  it('costs its bytes when it is refused', async () => {
    const { send, socket } = setUp()
    expect(await send(FRAME.subarray(0, 30))).toContain('"error"')
    expect([socket.charged, socket.refusedBytes]).toEqual([0, 30])
  })

  it('costs nothing when the store has failed, as it was shown nevertheless', async () => {
    const { send, socket, store, hub } = setUp()
    store.failure = 'the disk is full'
    expect(await send(FRAME)).toContain('the disk is full')
    expect(hub.directory.list(anyone)).toHaveLength(1)
    expect([socket.charged, socket.refusedBytes]).toEqual([-1, 0])
  })
})
