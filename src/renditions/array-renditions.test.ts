import { describe, expect, it } from 'vitest'
import { arrayFrame, halvesArray } from '../../test/support/arrays.ts'
import { anyone, declareNext } from '../../test/support/hub.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import type { WatchDemand } from '../core/demand.ts'
import { ANYTHING, IMAGES_OR_VALUES } from '../core/frame.ts'
import type { PackedArray } from '../core/payload.ts'
import type { Principal } from '../core/principal.ts'
import type { RenditionRules } from './rendition-maker.ts'
import { UndecodablePicture } from './scaler.ts'

const SMALL = { width: 4, height: 3 }
const LARGE = { width: 640, height: 480 }
const ARRAY = halvesArray(LARGE, { type: 'uint8' })

/** Renditions of a stream of arrays. */
function setUp(rules: Partial<RenditionRules> = {}) {
  const made = makeRenditions(rules)
  let count = 1000
  return {
    ...made,
    publishArray(size = LARGE, more: Partial<PackedArray> = {}) {
      const id = `${++count}-0` as const
      const array = { ...(size === LARGE ? ARRAY : halvesArray(size, { type: 'uint8' })), ...more }
      const frame = arrayFrame(CAMERA.label, CAMERA.key, array)
      made.hub.accept(anyone, frame, id, made.clock.now(), 'test')
      return id
    },
    /** Watches the values of the stream. */
    watchValues(demand: WatchDemand, principal: Principal = anyone) {
      const viewer = made.hub.watch(principal, { dialect: 'test', accepts: IMAGES_OR_VALUES, wake() {}, changes: true })
      viewer.watch(7, { ...CAMERA, ...demand })
      /** What it gets now: ids, types and compressions. */
      const given = () => {
        const due = viewer.next(made.clock.now())
        if (typeof due !== 'object') return undefined
        const { id, payload } = due.frame
        return payload.kind === 'packed-array'
          ? `${id} ${payload.type} ${payload.compression}`
          : `${id} ${payload.kind}`
      }
      /** What it is told: which watch gets nothing, and why. */
      const refused = () => {
        const { number, refusal } = viewer.takeRefusal() ?? {}
        return refusal && `${number} ${refusal.code} ${refusal.limit}`
      }
      return { viewer, given, refused }
    },
  }
}

describe('renditions of arrays', () => {
  it('are made for whoever takes pictures, whatever they ask for, in one job', async () => {
    const { scaler, publishArray, watch, finish } = setUp()
    const viewers = [
      watch({}),
      watch({ width: 320 }),
      watch({ colouring: { colormap: 'jet' } }),
      watch({ colouring: { colormap: 'jet', levels: 'auto' }, onlyJpeg: true }),
    ]
    const id = publishArray()
    expect(scaler.jobs).toHaveLength(1)
    // The first viewer was served at once, as a thread was idle.
    await finish()
    expect(scaler.jobs[0]?.outputs.map(({ width, colouring }) => `${width} ${colouring?.colormap}`)).toEqual([
      '320 viridis',
      '640 jet',
    ])
    await finish()
    expect(viewers.map(({ given }) => given())).toEqual([[`${id} 640`], [`${id} 320`], [`${id} 640`], [`${id} 640`]])
  })

  it('are not made for whoever takes the arrays themselves', () => {
    const { scaler, publishArray, hub, clock } = setUp()
    const viewer = hub.watch(anyone, { dialect: 'test', accepts: ANYTHING, wake() {} })
    viewer.watch(0, { ...CAMERA, width: 100 })
    const id = publishArray()
    expect(viewer.next(clock.now())).toMatchObject({ frame: { id, payload: { kind: 'packed-array' } } })
    expect(scaler.jobs).toEqual([])
  })

  it('are begun and ended as a stream changes between pictures and arrays', async () => {
    const { publish, publishArray, watch, finish, maker } = setUp()
    const { given } = watch({})
    const picture = publish()
    expect(given()).toEqual([`${picture} 1280`])
    const array = publishArray()
    await finish()
    expect(given()).toEqual([`${array} 640`])
    expect(maker.running).toBe(1)
  })

  it('need places, without which there is nothing, and are made when there is one', async () => {
    const { publishArray, watch, finish, clock, maker } = setUp({ places: { max: 1, share: 1 } })
    const first = watch({}, guest('a'))
    publishArray()
    await finish()
    const second = watch({ colouring: { colormap: 'gray' } }, guest('b'))
    const id = publishArray()
    await finish()
    expect([first.given().length, second.given()]).toEqual([1, []])
    expect(maker.counts.failed.no_room).toBeGreaterThan(0)
    first.viewer.close()
    clock.advance(100)
    await finish()
    expect(second.given()).toEqual([`${id} 640`])
  })

  it('take their place at once where arrays came before, though none is kept while nobody watches', async () => {
    const { hub, publishArray, watch, finish, maker } = setUp({ places: { max: 1, share: 1 } })
    declareNext(hub, CAMERA.label, CAMERA.key)
    const before = watch({})
    publishArray()
    before.viewer.close()
    expect(maker.running).toBe(0)
    const { viewer, given } = watch({})
    expect(maker.running).toBe(1)
    const [stream] = viewer.streams
    if (!stream) throw new Error('the viewer has no stream')
    expect(() => hub.pictures.checkRoom(guest('b'), stream.name, { colouring: { colormap: 'gray' } })).toThrow(
      'renditions.max',
    )
    await finish()
    const id = publishArray()
    await finish()
    await finish()
    expect(given()).toEqual([`${id} 640`])
  })

  it('show nothing where arrays cannot be drawn, however often, until one can', async () => {
    const { scaler, publishArray, watch, finish, maker } = setUp()
    const { given } = watch({})
    for (let i = 0; i < 5; i++) {
      publishArray()
      await scaler.jobs[0]?.fail(new UndecodablePicture('it is damaged'))
    }
    expect([given(), maker.counts.failed.undecodable]).toEqual([[], 5])
    const id = publishArray()
    await finish()
    expect(given()).toEqual([`${id} 640`])
  })

  it('are not made of arrays with too many values', () => {
    const { scaler, publishArray, watch, maker } = setUp({ maxPixels: 1000 })
    watch({})
    publishArray()
    expect([scaler.jobs, maker.counts.failed.too_large]).toEqual([[], 1])
  })

  it('show whoever comes to a stream that starts with the next one its next array, whatever the rate of those who are there', async () => {
    const { hub, clock, publishArray, watch, finish } = setUp()
    declareNext(hub, CAMERA.label, CAMERA.key)
    const slow = watch({ maxFps: 0.1 })
    publishArray()
    await finish()
    for (const wish of [{}, { colouring: { colormap: 'jet' } }] as const) {
      clock.advance(10)
      publishArray()
      const viewer = watch({ ...wish, maxFps: 0.1 })
      // Of what was there before a rendition is begun, if it is a new one.
      await finish()
      clock.advance(10)
      const id = publishArray()
      await finish()
      await finish()
      expect(viewer.given()).toEqual([`${id} 640`])
    }
    expect(slow.given()).toHaveLength(1)
  })

  it('are looked up where somebody has them made', async () => {
    const { hub, publishArray, watch, finish } = setUp()
    const [stream] = watch({}).viewer.streams
    expect(stream).toBeUndefined()
    const { viewer } = watch({})
    const id = publishArray()
    const [there] = viewer.streams
    if (!there) throw new Error('the viewer has no stream')
    expect(hub.pictures.newest(there)).toBeUndefined()
    await finish()
    expect(hub.pictures.newest(there)?.id).toBe(id)
  })
})

describe('renditions of values', () => {
  it('are made once for all who want the same, with the pictures of the frame in one job', async () => {
    const { scaler, publishArray, watch, watchValues, finish } = setUp()
    const levels = { colouring: { levels: { min: 0, max: 5 } } } as const
    const [one, same, other] = [{}, { ...levels }, { width: 100, compression: 'none' } as const].map((more) =>
      watchValues({ values: 'u8', ...more }),
    )
    const exact = watchValues({ values: 'f32', ...levels, compression: 'bitshuffle_lz4' })
    const picture = watch({})
    publishArray(SMALL)
    // The first viewer was served at once, as a thread was idle.
    await finish()
    await finish()
    const id = publishArray(SMALL)
    const [job] = scaler.jobs
    expect(job?.outputs).toHaveLength(1)
    expect(job?.values?.map(({ type, compression, scale }) => [type, compression, scale.levels])).toEqual([
      ['u8', undefined, 'auto'],
      ['u8', undefined, { min: 0, max: 5 }],
      ['f32', 'bitshuffle_lz4', { min: 0, max: 5 }],
    ])
    await finish()
    expect([one, same, other, exact].map((viewer) => viewer?.given())).toEqual([
      `${id} uint8 none`,
      `${id} uint8 none`,
      `${id} uint8 none`,
      `${id} float32 bitshuffle_lz4`,
    ])
    expect(picture.given()).toEqual([`${id} 4`])
  })

  it('go beside pictures to one who watches both, each at its own rate and from the first array on', async () => {
    const { hub, clock, publish, publishArray, watchValues, finish, maker } = setUp()
    declareNext(hub, CAMERA.label, CAMERA.key)
    const { viewer } = watchValues({ values: 'native' })
    viewer.watch(8, { ...CAMERA, width: 300, maxFps: 1 })
    viewer.watch(9, { ...CAMERA, values: 'u8', maxFps: 0 })
    const all = () => {
      const seen: string[] = []
      for (let next = viewer.next(clock.now()); typeof next === 'object'; next = viewer.next(clock.now())) {
        const { id, payload } = next.frame
        seen.push(payload.kind === 'packed-array' ? `${id} ${payload.type}` : `${id} picture`)
      }
      return seen.sort()
    }
    // A picture is for both, and comes once.
    const shown = publish({ width: 300, height: 200 })
    expect([viewer.streams.length, all()]).toEqual([1, [`${shown} picture`]])
    clock.advance(1000)
    const [first, second] = [publishArray(), publishArray()]
    await finish()
    expect(all()).toEqual([`${first} picture`, `${second} uint8`])
    clock.advance(10)
    const third = publishArray()
    await finish()
    expect(all()).toEqual([`${third} uint8`])
    viewer.unwatch(8)
    const values = publishArray()
    expect(all()).toEqual([`${values} uint8`])
    viewer.watch(7, CAMERA)
    viewer.watch(8, { ...CAMERA, values: 'u8' })
    viewer.unwatch(7)
    const codes = publishArray()
    await finish()
    expect([all(), maker.running]).toEqual([[`${codes} uint8`], 1])
    viewer.close()
    expect(maker.running).toBe(0)
  })

  it('that are right as they are take no thread, and go on as they came', () => {
    const { scaler, publishArray, watchValues } = setUp()
    const wishes = [
      { values: 'native' },
      { values: 'native', compression: 'none' },
      { values: 'f32' },
      { values: 'f32', compression: 'none' },
    ] as const
    const viewers = wishes.map((wish) => watchValues(wish))
    const id = publishArray(SMALL, { type: 'float32', bytes: new Uint8Array(48) })
    expect(scaler.jobs).toEqual([])
    expect(viewers.map(({ given }) => given())).toEqual(Array(4).fill(`${id} float32 none`))
  })

  it('need places, without which there is nothing, and are never what was sent instead', async () => {
    const { hub, publishArray, watchValues, finish, maker, clock } = setUp({ places: { max: 1, share: 1 } })
    const first = watchValues({ values: 'u8' }, guest('a'))
    publishArray(SMALL)
    await finish()
    const second = watchValues({ values: 'u16' }, guest('b'))
    publishArray(SMALL)
    await finish()
    expect([first.given(), second.given()]).toEqual([expect.stringContaining('uint8'), undefined])
    expect(maker.running).toBe(1)
    expect(() => hub.pictures.checkRoom(guest('b'), CAMERA, { values: 'u16' })).toThrow('renditions.max')
    expect(hub.pictures.checkRoom(guest('b'), CAMERA, { values: 'native' })).toBeUndefined()
    first.viewer.close()
    clock.advance(100)
    await finish()
    expect(second.given()).toContain('uint16')
  })

  it('take no more memory than they may together, and whoever gets none is told why, once', async () => {
    const { publishArray, watchValues, finish, maker, clock } = setUp({ values: { max: 40, share: 30 } })
    // 12 values: 24 bytes.
    const first = watchValues({ values: 'u16' }, guest('a'))
    publishArray(SMALL)
    await finish()
    const own = watchValues({ values: 'u8' }, guest('a'))
    const other = watchValues({ values: 'u16', compression: 'bitshuffle_lz4' }, guest('b'))
    const larger = watchValues({ values: 'f32' }, guest('b'))
    const all = [first, own, other, larger]
    expect(all.map(({ refused }) => refused())).toEqual([
      undefined,
      '7 limited renditions.values_bytes_per_client',
      '7 exhausted renditions.values_bytes',
      '7 too_large renditions.values_bytes_per_client',
    ])
    publishArray(SMALL)
    await finish()
    expect(all.map(({ refused }) => refused()).filter(Boolean)).toEqual([])
    expect(all.map(({ given }) => given() !== undefined)).toEqual([true, false, false, false])
    expect(maker.valuesBytes).toBe(24)
    first.viewer.close()
    clock.advance(100)
    while (maker.waiting > 0 || maker.counts.made < 4) await finish()
    expect([own.given(), other.given()]).toEqual([
      expect.stringContaining('uint8 none'),
      expect.stringContaining('uint16 bitshuffle_lz4'),
    ])
    expect(maker.valuesBytes).toBe(36)
    for (const { viewer } of all) viewer.close()
    expect([maker.valuesBytes, maker.running]).toEqual([0, 0])
  })

  it('that no longer have room, as an array has grown, are dropped, and come back with one that is smaller', async () => {
    const { publishArray, watchValues, finish, maker } = setUp({ values: { max: 40, share: 40 } })
    const { given, refused } = watchValues({ values: 'u16' })
    const small = publishArray(SMALL)
    await finish()
    expect(given()).toBe(`${small} uint16 none`)
    publishArray(LARGE)
    expect([given(), refused(), maker.valuesBytes]).toEqual([undefined, '7 too_large renditions.values_bytes', 0])
    const again = publishArray(SMALL)
    await finish()
    expect([given(), refused(), maker.valuesBytes]).toEqual([`${again} uint16 none`, undefined, 24])
  })

  it('of more values than are converted are refused with a sentence that says so', () => {
    const { publishArray, watchValues } = setUp({ maxPixels: 1000 })
    const { viewer, refused } = watchValues({ values: 'u8' })
    publishArray(LARGE)
    expect(refused()).toBe('7 invalid renditions.max_megapixels')
    // Each watch that asks for it hears of it, at once.
    viewer.watch(8, { ...CAMERA, values: 'u8' })
    expect(refused()).toBe('8 invalid renditions.max_megapixels')
    viewer.watch(9, { ...CAMERA, values: 'u8', maxFps: 0 })
    viewer.unwatch(9)
    publishArray(LARGE)
    expect(refused()).toBeUndefined()
  })

  it('are of arrays of any shape, beside pictures that cannot be drawn of them', async () => {
    const { scaler, publishArray, watch, watchValues, finish, maker } = setUp()
    watch({})
    const { given } = watchValues({ values: 'u8' })
    const id = publishArray(SMALL, { shape: [12] })
    expect(scaler.jobs[0]?.outputs).toEqual([])
    await finish()
    expect([given(), maker.counts.failed.undecodable]).toEqual([`${id} uint8 none`, 1])
  })

  it('are of pictures these', () => {
    const { publish, watchValues, maker } = setUp()
    const { given } = watchValues({ values: 'u8' })
    const id = publish()
    expect([given(), maker.running]).toEqual([`${id} image`, 0])
  })
})
