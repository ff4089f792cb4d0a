import { describe, expect, it } from 'vitest'
import { arrayFrame, halvesArray } from '../../test/support/arrays.ts'
import { anyone, declareNext } from '../../test/support/hub.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import { ANYTHING } from '../core/frame.ts'
import type { RenditionRules } from './rendition-maker.ts'
import { UndecodablePicture } from './scaler.ts'

/** Renditions of a stream of arrays. */
function setUp(rules: Partial<RenditionRules> = {}) {
  const made = makeRenditions(rules)
  let count = 1000
  return {
    ...made,
    publishArray(size = { width: 640, height: 480 }) {
      const id = `${++count}-0` as const
      const frame = arrayFrame(CAMERA.label, CAMERA.key, halvesArray(size, { type: 'uint8' }))
      made.hub.accept(anyone, frame, id, made.clock.now(), 'test')
      return id
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
