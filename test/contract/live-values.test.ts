import { describe, expect, it, onTestFinished } from 'vitest'
import { LiveClient, type LiveFrame, valuesOf } from '../../client/index.ts'
import type { ArrayPayload } from '../../src/core/payload.ts'
import { BsreadDecoder } from '../../src/wire/bsread/message.ts'
import { arrayFrame, halvesArray } from '../support/arrays.ts'
import { recordedGroups, sha256Of } from '../support/bsread-fixtures.ts'
import { anyone } from '../support/hub.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const ofFile = TestServer.ofFile()

/** A stream of arrays that starts with the next one, as those of instruments, watched with the SDK. */
async function watched(wish: { readonly values?: 'native' }) {
  const server = await ofFile()
  const label = freshLabel()
  const options = { when: 'on-demand', startTimeout: 1000, closeAfter: 0, start: 'next' } as const
  server.hub.declare(anyone, { label, key: 'screen' }, options, { demandChanged() {} })
  const client = new LiveClient(server.url)
  onTestFinished(() => client.disconnect())
  const frames: LiveFrame[] = []
  const watching = Promise.withResolvers<void>()
  client.on('watching', () => watching.resolve())
  client.connect()
  const watch = client.watch({ label, ...wish, onFrame: (frame) => void frames.push(frame) })
  await watching.promise
  const publish = (array: ArrayPayload = halvesArray()) =>
    server.hub.publish(anyone, arrayFrame(label, 'screen', array), 'test')
  return {
    ...{ server, label, watch, frames, publish },
    /** Publishes an array. @returns what comes of it */
    async give(array?: ArrayPayload): Promise<LiveFrame> {
      const count = frames.length
      await publish(array)
      await until(() => frames.length > count, 'the frame', { every: 1 })
      const frame = frames.at(-1)
      if (!frame) throw new Error('there is no frame')
      return frame
    },
  }
}

describe('values on /ws/live', () => {
  it('are for the SDK what the sender put in, to the bit: every type, shape, byte order and compression', async () => {
    const { give } = await watched({ values: 'native' })
    const messages = recordedGroups().find(({ group }) => group === 'types')?.messages ?? []
    let count = 0
    for (const { frames, expect: due } of messages) {
      const message = new BsreadDecoder().decode(frames)
      if (message.kind === 'command') continue
      for (const [i, { value, channel }] of message.channels.entries()) {
        if (value === null || typeof value === 'string' || channel.error) continue
        const frame = await give(value)
        // Passed on as they came.
        const { bytes, ...format } = frame.array ?? {}
        const { bytes: sent, ...sentFormat } = value
        expect(format).toEqual(sentFormat)
        expect(Buffer.compare(bytes ?? new Uint8Array(), sent)).toBe(0)
        const values = valuesOf(frame)
        expect(values?.shape).toEqual(value.shape)
        expect(sha256Of(values?.values ?? '')).toBe(due.channels?.[i]?.value?.sha256_le)
        count++
      }
    }
    expect(count).toBeGreaterThan(200)
  })

  it('of 64 bits are BigInts; of an array that the server has decoded they come too', async () => {
    const { give } = await watched({ values: 'native' })
    const frame = await give({ kind: 'raw-array', values: BigInt64Array.of(-(2n ** 63n), 5n), shape: [2] })
    expect(valuesOf(frame)).toEqual({ shape: [2], values: BigInt64Array.of(-(2n ** 63n), 5n) })
  })

  it('come to who asks for them, and pictures to everybody else', async () => {
    const { server, label, watch, frames, give, publish } = await watched({ values: 'native' })
    const other = await TestSocket.open(server.socketUrl('/ws/live'))
    other.ask({ type: 'watch', id: 1, label })
    await other.nextOfType('watching')
    expect((await give()).mediaType).toBe('application/octet-stream')
    expect((await other.nextPicture()).header.media_type).toBe('image/jpeg')
    watch.change({ values: undefined })
    await until(async () => {
      await publish()
      return frames.at(-1)?.mediaType === 'image/jpeg'
    }, 'pictures')
    expect(valuesOf(frames.at(-1) ?? { array: undefined })).toBeUndefined()
    watch.change({ values: 'native' })
    await until(async () => {
      await publish()
      return frames.at(-1)?.array !== undefined
    }, 'values')
  })

  it('are refused in a way that there is not', async () => {
    const server = await ofFile()
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    socket.send({ type: 'watch', id: 1, values: 'u13' })
    expect(await socket.nextOfType('error')).toMatchObject({
      code: 'invalid',
      message: 'values: must be "native"',
      id: 1,
    })
  })
})
