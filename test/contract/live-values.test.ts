import { describe, expect, it, onTestFinished } from 'vitest'
import { dequantised, LiveClient, type LiveFrame, valuesOf, type WatchLimits } from '../../client/index.ts'
import type { ArrayPayload, PackedArray } from '../../src/core/payload.ts'
import { BsreadDecoder } from '../../src/wire/bsread/message.ts'
import { unpackArray } from '../../src/wire/bsread/unpack-array.ts'
import { arrayFrame, arrayOf, halvesArray } from '../support/arrays.ts'
import { recordedGroups, sha256Of } from '../support/bsread-fixtures.ts'
import { anyone } from '../support/hub.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const ofFile = TestServer.ofFile()

/** A stream of arrays that starts with the next one, as those of instruments, watched with the SDK. */
async function watched(wish: WatchLimits) {
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
    ...{ server, client, label, watch, frames, publish },
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

/** The arrays of the recorded messages with all types. */
function recordedArrays(): PackedArray[] {
  const messages = recordedGroups().find(({ group }) => group === 'types')?.messages ?? []
  return messages.flatMap(({ frames }) => {
    const message = new BsreadDecoder().decode(frames)
    if (message.kind === 'command') return []
    return message.channels.flatMap(({ value }) => (value === null || typeof value === 'string' ? [] : [value]))
  })
}

/** How far the values of a ramp are from what was sent, at most. */
function furthest(frame: LiveFrame): number {
  const values = valuesOf(frame)
  if (!values) throw new Error('this is a picture')
  return Math.max(...[...dequantised(values)].map((value, i) => Math.abs(Number(value) - i)))
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

  it('and pictures come to one connection that watches both, each to the watch that asked for it', async () => {
    const { client, label, watch, frames, publish } = await watched({ values: 'native' })
    const pictures: LiveFrame[] = []
    const shown = client.watch({ label, width: 32, onFrame: (frame) => void pictures.push(frame) })
    await until(async () => {
      await publish()
      return frames.length > 2 && pictures.length > 2
    }, 'both')
    expect(frames.every(({ array, skipped }) => array?.type === 'float64' && skipped === 0)).toBe(true)
    expect(pictures.every(({ mediaType, colouring }) => mediaType === 'image/jpeg' && colouring)).toBe(true)
    watch.end()
    const [before, count] = [frames.length, pictures.length]
    await until(async () => {
      await publish()
      return pictures.length > count
    }, 'a picture')
    shown.end()
    expect(frames).toHaveLength(before)
  })

  it.each(['none', 'bitshuffle_lz4'] as const)(
    'are quantised or converted where that is asked for, and say what they stand for (compression: %s)',
    async (compression) => {
      const { watch, frames, give, publish } = await watched({ values: 'u8', compression })
      // 0 to 3071, a value for each pixel.
      const ramp = arrayOf({ width: 64, height: 48 }, (x, y) => y * 64 + x)
      const byte = await give(ramp)
      expect(byte.array).toMatchObject({ type: 'uint8', shape: [48, 64], compression })
      expect([byte.width, byte.height, byte.mediaType]).toEqual([64, 48, 'application/octet-stream'])
      expect(byte.array?.quantisation).toMatchObject({ levels: { min: 0, max: 3071 }, log: false })
      expect(furthest(byte)).toBeCloseTo(3071 / 254 / 2, 0)
      const wishes: readonly (readonly [WatchLimits, string, number])[] = [
        [{ values: 'u16' }, 'uint16', 3071 / 65_534 / 2],
        [{ values: 'f32' }, 'float32', 0],
      ]
      for (const [limits, type, error] of wishes) {
        watch.change(limits)
        await until(async () => {
          await publish(ramp)
          return frames.at(-1)?.array?.type === type
        }, type)
        const frame = frames.at(-1) ?? expect.fail('there is a frame')
        expect(frame.array?.compression).toBe(compression)
        expect(furthest(frame)).toBeLessThanOrEqual(error + 1e-9)
      }
    },
  )

  it('have the levels that are asked for, and none where there is no number', async () => {
    const { watch, frames, give, publish } = await watched({
      values: 'u8',
      colouring: { levels: { min: 0, max: 254 } },
    })
    const odd = arrayOf({ width: 4, height: 2 }, (x) => [Number.NaN, -5, 100.4, 1000][x] ?? 0)
    expect([...(valuesOf(await give(odd))?.values ?? [])].slice(0, 4)).toEqual([0, 1, 101, 255])
    watch.change({ colouring: { levels: 'auto', log: true } })
    await until(async () => {
      await publish(odd)
      return frames.at(-1)?.array?.quantisation?.log === true
    }, 'a logarithmic scale')
    const values = valuesOf(frames.at(-1) ?? expect.fail('there is a frame')) ?? expect.fail('these are values')
    expect([...values.values].slice(0, 4)).toEqual([0, 0, 1, 255])
    expect(dequantised(values)[3]).toBeCloseTo(1000)
  })

  it('of an instrument that packs them come unpacked where that is asked for, and native ones are to the bit', async () => {
    const packed = recordedArrays().find(({ compression }) => compression === 'bitshuffle_lz4')
    if (!packed) throw new Error('there is no packed array')
    const plain = await watched({ values: 'native', compression: 'none' })
    const { array } = await plain.give(packed)
    expect(array).toMatchObject({ type: packed.type, shape: packed.shape, compression: 'none' })
    expect(sha256Of(unpackArray(array ?? packed).values)).toBe(sha256Of(unpackArray(packed).values))
  })

  it('are refused in a way that there is not', async () => {
    const server = await ofFile()
    const socket = await TestSocket.open(server.socketUrl('/ws/live'))
    socket.send({ type: 'watch', id: 1, values: 'u13' })
    const error = { code: 'invalid', id: 1 }
    const ways = 'values: must be one of "native", "f32", "u16", "u8"'
    expect(await socket.nextOfType('error')).toMatchObject({ ...error, message: ways })
    socket.send({ type: 'watch', id: 1, values: 'u8', compression: 'zip' })
    const compressions = 'compression: must be one of "none", "bitshuffle_lz4"'
    expect(await socket.nextOfType('error')).toMatchObject({ ...error, message: compressions })
  })
})
