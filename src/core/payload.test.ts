import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import { type Frame, type FrameInput, IMAGES, metadataWeightOf } from './frame.ts'
import { arraySize, byteLengthOf, type PackedArray, type RawArray } from './payload.ts'

const NAME = { label: 'beamline', key: 'screen' }

const raw: FrameInput<RawArray> = {
  stream: NAME,
  size: { width: 3, height: 2 },
  payload: { kind: 'raw-array', values: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] },
  metadata: { pulse_id: 42 },
}

const packed: FrameInput<PackedArray> = {
  ...raw,
  payload: {
    kind: 'packed-array',
    bytes: new Uint8Array(20),
    type: 'float64',
    shape: [2, 3],
    byteOrder: 'little',
    compression: 'bitshuffle_lz4',
  },
}

function isRawFrame(frame: Frame): frame is Frame<RawArray> {
  return frame.payload.kind === 'raw-array'
}

/** A sink that writes the sum of the values, in place of an encoded message. */
function fakeSink() {
  const { hub, clock } = makeHub()
  const written: string[] = []
  const encodeSum = ({ payload }: Frame<RawArray>) =>
    `${Array.from(payload.values, Number).reduce((sum, each) => sum + each, 0)}`
  const viewer = hub.watch(anyone, {
    dialect: 'sums',
    accepts: { kinds: ['raw-array'], includes: isRawFrame },
    wake() {
      for (let next = viewer.next(clock.now()); typeof next === 'object'; next = viewer.next(clock.now()))
        written.push(next.frame.encoded(encodeSum))
    },
  })
  return { hub, viewer, written }
}

describe('a frame of raw values', () => {
  it('goes through hub and viewer to a sink that can write it, with its size and its measurements', async () => {
    const { hub, viewer, written } = fakeSink()
    viewer.watch(0, NAME)
    await hub.publish(anyone, raw, 'test')
    expect(written).toEqual(['21'])
    expect(hub.directory.find(anyone, NAME)).toMatchObject({
      size: { width: 3, height: 2 },
      metadata: { pulse_id: 42 },
    })
    expect(hub.directory.list(anyone)).toMatchObject([{ state: 'live' }])
  })

  it('is given to nobody who can only write pictures, nor a picture to who can only write values', async () => {
    const { hub, viewer, written } = fakeSink()
    const pictures = hub.watch(anyone, { dialect: 'pictures', accepts: IMAGES, wake() {} })
    for (const each of [viewer, pictures]) each.watch(0, NAME)
    await hub.publish(anyone, raw, 'test')
    expect(pictures.next(0)).toBeUndefined()
    await hub.publish(anyone, frameInput(NAME.label, NAME.key), 'test')
    expect(written).toEqual(['21'])
    expect(pictures.isWaiting).toBe(true)
  })

  it('is kept by its bytes as every frame is, packed or not', async () => {
    expect([byteLengthOf(raw.payload), byteLengthOf(packed.payload)]).toEqual([48, 20])
    // Each with 64 bytes for its metadata.
    const { hub } = makeHub({ ringBytes: 200 })
    const first = await hub.publish(anyone, packed, 'test')
    await hub.publish(anyone, raw, 'test')
    expect(hub.directory.find(anyone, NAME, first.id).byteLength).toBe(20)
    await hub.publish(anyone, raw, 'test')
    expect(() => hub.directory.find(anyone, NAME, first.id)).toThrow(/not kept/)
  })

  it('counts the pulse that it belongs to', () => {
    expect(metadataWeightOf({ ...raw, pulse: { id: 1n } })).toBeGreaterThan(metadataWeightOf(raw))
  })
})

describe('the size of an array', () => {
  it('is that of its two dimensions, the columns last, whatever dimensions of 1 are beside them', () => {
    for (const shape of [
      [480, 640],
      [1, 480, 640],
      [480, 1, 640],
      [480, 640, 1],
    ])
      expect(arraySize(shape)).toEqual({ width: 640, height: 480 })
  })

  it('is none where it is no picture', () => {
    for (const shape of [[], [1], [640], [1, 640], [3, 480, 640], [0, 640], [480, 0]])
      expect(arraySize(shape)).toBeUndefined()
  })
})
