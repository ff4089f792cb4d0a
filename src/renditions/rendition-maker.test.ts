import { describe, expect, it } from 'vitest'
import type { FakeJob } from '../../test/support/fake-scaler.ts'
import { anyone } from '../../test/support/hub.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import { IMAGES, isImageFrame } from '../core/frame.ts'
import { ScalerFailure, UndecodablePicture } from './scaler.ts'

/** The width of the picture that a job is about; 0 if there is none. */
function widthOf(job: FakeJob | undefined): number {
  return job?.picture.kind === 'image' ? job.picture.width : 0
}

describe('renditions', () => {
  it('are made while somebody watches, of the newest frame first, and dropped when the last one leaves', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    publish()
    expect(scaler.jobs).toEqual([])
    const { viewer, given } = watch({ width: 300 })
    expect(maker.running).toBe(1)
    expect(scaler.jobs[0]?.sizes).toEqual(['320x180'])
    await finish()
    expect(given()).toEqual(['1-0 320'])
    viewer.close()
    publish()
    expect(scaler.jobs).toEqual([])
    expect(maker.running).toBe(0)
  })

  it('are made once for all who want the same, and decoded once for all sizes', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    const viewers = [watch({ width: 300 }), watch({ width: 320 }), watch({ width: 600 }), watch({ quality: 'low' })]
    publish()
    expect(scaler.jobs.map(({ sizes }) => sizes)).toEqual([['320x180', '640x360', '320x180']])
    await finish()
    expect(viewers.map(({ given }) => given())).toEqual([['1-0 320'], ['1-0 320'], ['1-0 640'], ['1-0 320']])
    expect(maker.counts.made).toBe(3)
  })

  it('keep what comes with a frame, and its size', async () => {
    const { hub, publish, watch, finish } = makeRenditions()
    const { viewer } = watch({ width: 320 })
    publish()
    await finish()
    const next = viewer.next(0)
    const original = hub.directory.find(anyone, CAMERA)
    const { payload, ...rest } = { ...original }
    expect(typeof next === 'object' && next.frame).toMatchObject({ ...rest, payload: { width: 320, height: 180 } })
  })

  it('replace a frame that waits for a thread by the newest, and count it', async () => {
    const { publish, watch, finish, maker } = makeRenditions()
    const { given } = watch({ width: 320 })
    for (let i = 0; i < 4; i++) publish()
    await finish()
    expect(given()).toEqual(['1-0 320'])
    await finish()
    expect(given()).toEqual(['4-0 320'])
    expect(maker.counts).toMatchObject({ made: 2, skipped: 2 })
  })

  it('are made no more often than their rate, and than any viewer wants', async () => {
    const { clock, publish, watch, finish, maker } = makeRenditions()
    const { change } = watch({ quality: 'low' })
    const second = async () => {
      const before = maker.counts.made
      for (let i = 0; i < 50; i++) {
        publish()
        await finish()
        clock.advance(20)
      }
      return maker.counts.made - before
    }
    expect(await second()).toBe(10)
    change({ quality: 'low', maxFps: 5 })
    expect(await second()).toBe(5)
    watch({ quality: 'low', maxFps: 2 })
    expect(await second()).toBe(5)
  })

  it('pass on no more than their rate either, and the last frame before a pause a period late', () => {
    const { clock, publish, watch } = makeRenditions()
    const { given } = watch({ quality: 'low' })
    const seen: string[] = []
    for (let i = 0; i < 52; i++) {
      publish({ width: 64, height: 48 })
      seen.push(...given())
      clock.advance(20)
    }
    expect(seen).toHaveLength(11)
    clock.advance(100)
    expect(given()).toEqual(['52-0 64'])
  })

  it('of the last frame before a pause come a period late, and not never', async () => {
    const { clock, publish, watch, finish } = makeRenditions()
    const { given } = watch({ quality: 'low' })
    publish()
    await finish()
    clock.advance(20)
    publish()
    await finish()
    expect(given()).toEqual(['1-0 320'])
    clock.advance(120)
    await finish()
    expect(given()).toEqual(['2-0 320'])
  })

  it('take turns, stream after stream', async () => {
    const { scaler, publish, watch, finish } = makeRenditions()
    const streams = ['a', 'b', 'c'].map((key) => ({ label: 'site', key }))
    for (const stream of streams) watch({ width: 320 }, anyone, stream)
    const served: number[] = []
    const flood = streams[0] ?? CAMERA
    for (const [i, stream] of streams.entries()) publish({ width: 1000 + i, height: 500 }, {}, stream)
    for (let i = 0; i < 6; i++) {
      served.push(widthOf(scaler.jobs[0]))
      publish({ width: 1000, height: 500 }, {}, flood)
      publish({ width: 1001, height: 500 }, {}, streams[1])
      publish({ width: 1002, height: 500 }, {}, streams[2])
      await finish()
    }
    expect(served).toEqual([1000, 1001, 1002, 1000, 1001, 1002])
  })

  it('come in no earlier turn for who leaves and comes back, and nothing waits when all have left', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    const others = ['a', 'b', 'c'].map((key) => ({ label: 'site', key }))
    for (const stream of others) publish({ width: 2000, height: 1000 }, {}, stream)
    watch({ width: 320 })
    let visits = others.map((stream) => watch({ width: 320 }, anyone, stream))
    const served: number[] = []
    for (let i = 0; i < 12; i++) {
      publish()
      await finish()
      served.push(widthOf(scaler.jobs[0]))
      for (const { viewer } of visits) viewer.close()
      expect(maker.waiting).toBeLessThanOrEqual(1)
      visits = others.map((stream) => watch({ width: 320 }, anyone, stream))
    }
    expect(served.filter((width) => width === 1280).length).toBeGreaterThanOrEqual(3)
  })

  it('pass on what is right as it is without a thread or a place, and begin to work when that changes', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    publish({ width: 320, height: 180 })
    const { given } = watch({ width: 320 })
    expect(given()).toEqual(['1-0 320'])
    publish({ width: 200, height: 100 }, { mediaType: 'image/png' })
    expect(given()).toEqual(['2-0 200'])
    expect([maker.running, maker.counts.passedOn, scaler.jobs.length]).toEqual([0, 2, 0])
    publish({ width: 640, height: 360 })
    expect(maker.running).toBe(1)
    await finish()
    expect(given()).toEqual(['3-0 320'])
  })

  it('for JPEG readers are JPEGs that need no turning', async () => {
    const { scaler, publish, watch, finish } = makeRenditions()
    const { given } = watch({ onlyJpeg: true })
    publish({ width: 64, height: 48 })
    expect(given()).toEqual(['1-0 64'])
    publish({ width: 64, height: 48 }, { mediaType: 'image/png' })
    expect(given()).toEqual([])
    await finish()
    expect(given()).toEqual(['2-0 64'])
    publish({ width: 64, height: 48 }, { needsTurning: true })
    expect(scaler.jobs[0]?.sizes).toEqual(['48x64'])
  })

  it('pass the demand on to the original: rate, width and all viewers', () => {
    const { hub, watch } = makeRenditions()
    const demands: object[] = []
    const options = { when: 'on-demand', startTimeout: 1000, closeAfter: 0 } as const
    hub.declare(anyone, CAMERA, options, { demandChanged: (demand) => demands.push(demand) })
    const one = watch({ width: 300, maxFps: 5 })
    expect(demands.at(-1)).toEqual({ viewers: 1, maxFps: 5, maxWidth: 320, kinds: ['image'] })
    const two = watch({ quality: 'medium' })
    watch({ width: 320, maxFps: 5 })
    expect(demands.at(-1)).toMatchObject({ maxFps: 15, maxWidth: 640 })
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(3)
    two.viewer.close()
    one.viewer.close()
    expect(hub.directory.list(anyone)[0]?.demand.viewers).toBe(1)
    expect(demands.at(-1)).toMatchObject({ maxFps: 5, maxWidth: 320 })
  })

  it('of a still stream are larger for who asks for more', async () => {
    const { publish, watch, finish } = makeRenditions()
    publish()
    const { change, given } = watch({ width: 320 })
    await finish()
    expect(given()).toEqual(['1-0 320'])
    change({ width: 640 })
    expect(given()).toEqual([])
    await finish()
    expect(given()).toEqual(['1-0 640'])
    change({ width: 320 })
    await finish()
    expect(given()).toEqual([])
  })
})

it('a viewer of a still stream that paused is shown its picture again', async () => {
  const { publish, watch, finish } = makeRenditions()
  publish()
  const { change, given } = watch({ width: 320 })
  await finish()
  expect(given()).toEqual(['1-0 320'])
  for (let i = 0; i < 2; i++) change({ maxFps: 0 })
  change({ width: 160, maxFps: 0.01 })
  await finish()
  expect(given()).toEqual(['1-0 160'])
})

describe('above the limit of renditions', () => {
  const PLACES = { places: { max: 2, share: 1 } }
  const [ann, ben] = [guest('ann'), guest('ben')]
  const other = { label: 'site', key: 'other' }

  it('the original is given, and JPEG readers are refused before', () => {
    const { hub, publish, watch } = makeRenditions(PLACES)
    publish()
    publish({ width: 1280, height: 720 }, {}, other)
    watch({ width: 320 }, ann)
    const { given } = watch({ width: 320 }, ann, other)
    expect(given()).toEqual(['2-0 1280'])
    const wish = { quality: 'low', onlyJpeg: true } as const
    expect(() => hub.pictures.checkRoom(ann, other, wish)).toThrow(
      expect.objectContaining({ code: 'limited', limit: 'renditions.per_client' }),
    )
    hub.pictures.checkRoom(ben, other, wish)
    watch({ width: 320 }, ben, other)
    expect(() => hub.pictures.checkRoom(guest('eve'), other, wish)).toThrow(
      expect.objectContaining({ code: 'exhausted', limit: 'renditions.max' }),
    )
    hub.pictures.checkRoom(guest('eve'), other, { width: 320 })
    hub.pictures.checkRoom(guest('eve'), other, { onlyJpeg: true })
  })

  it('each address counts for itself, where a principal is many people', () => {
    const { hub, publish } = makeRenditions(PLACES)
    publish()
    publish({ width: 1280, height: 720 }, {}, other)
    const visitors = guest('visitors')
    hub
      .watch(visitors, { client: 'one', dialect: 'test', accepts: IMAGES, wake() {} })
      .watch(0, { ...CAMERA, width: 320 })
    const wish = { quality: 'low', onlyJpeg: true } as const
    expect(() => hub.pictures.checkRoom(visitors, other, wish, 'one')).toThrow(
      expect.objectContaining({ limit: 'renditions.per_client' }),
    )
    hub.pictures.checkRoom(visitors, other, wish, 'other')
  })

  it('who got the original gets the rendition as soon as there is room', async () => {
    const { clock, publish, watch, finish, scaler } = makeRenditions(PLACES)
    publish()
    publish({ width: 1280, height: 720 }, {}, other)
    const first = watch({ width: 320 }, ann)
    const second = watch({ width: 320 }, ann, other)
    expect(second.given()).toEqual(['2-0 1280'])
    await finish()
    first.viewer.close()
    clock.advance(50)
    expect(scaler.jobs[0]?.sizes).toEqual(['320x180'])
    await finish()
    expect(second.given()).toEqual([])
    publish({ width: 1280, height: 720 }, {}, other)
    await finish()
    expect(second.given()).toEqual(['3-0 320'])
  })

  it('a place counts for who wanted it first, and for the next one after that', () => {
    const { publish, watch, maker, hub } = makeRenditions(PLACES)
    publish()
    publish({ width: 1280, height: 720 }, {}, other)
    const first = watch({ width: 320 }, ann)
    watch({ width: 320 }, ben)
    hub.pictures.checkRoom(ben, other, { width: 320 })
    first.viewer.close()
    expect(maker.running).toBe(1)
    hub.pictures.checkRoom(ann, other, { width: 320 })
    expect(() => hub.pictures.checkRoom(ben, other, { width: 320 })).toThrow(/renditions\.per_client/)
  })

  it('nobody keeps a place that counts for nobody: those who stay get the original', () => {
    const { clock, publish, watch, maker } = makeRenditions(PLACES)
    publish()
    publish({ width: 1280, height: 720 }, {}, other)
    const first = watch({ width: 320 }, ann)
    watch({ width: 320 }, ben, other)
    const { given } = watch({ width: 320 }, ben)
    expect(maker.running).toBe(2)
    first.viewer.close()
    expect(maker.running).toBe(1)
    clock.advance(50)
    expect(given()).toEqual(['1-0 1280'])
  })

  it('a place is free again when all pictures have been right as they are for a while', async () => {
    const { publish, watch, finish, maker, hub } = makeRenditions(PLACES)
    const { given } = watch({ width: 320 }, ann)
    publish()
    await finish()
    expect(maker.running).toBe(1)
    for (let i = 0; i < 100; i++) publish({ width: 320, height: 180 })
    expect(maker.running).toBe(0)
    publish({ width: 1280, height: 720 }, {}, other)
    hub.pictures.checkRoom(ann, other, { width: 320 })
    publish()
    await finish()
    expect([maker.running, given()]).toEqual([1, ['103-0 320']])
  })

  it('a stream that grows beyond its rung without a place is given as it is', () => {
    const { clock, publish, watch, maker } = makeRenditions({ places: { max: 1, share: 1 } })
    publish({ width: 1280, height: 720 }, {}, other)
    watch({ width: 320 }, ben, other)
    publish({ width: 320, height: 180 })
    const { given } = watch({ width: 320 }, ann)
    expect(given()).toEqual(['2-0 320'])
    publish()
    publish()
    expect(maker.counts.failed.no_room).toBe(2)
    expect(given()).toEqual(['4-0 1280'])
    clock.advance(50)
    publish()
    expect(given()).toEqual(['5-0 1280'])
    expect(maker.counts.failed.no_room).toBe(2)
  })
})

describe('a picture that cannot be made', () => {
  it('is skipped and counted, and the others go on', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    const { given } = watch({ width: 320 })
    publish()
    await scaler.jobs[0]?.fail(new UndecodablePicture('no quantization table'))
    publish({ width: 8000, height: 6000 })
    expect(scaler.jobs).toEqual([])
    publish()
    await scaler.jobs[0]?.finish({ isDamaged: true })
    expect(given()).toEqual(['3-0 320'])
    publish()
    await scaler.jobs[0]?.fail(new UndecodablePicture('cut'))
    expect(given()).toEqual([])
    publish()
    await finish()
    expect(given()).toEqual(['5-0 320'])
    expect(maker.counts).toMatchObject({ damaged: 1, made: 2, failed: { undecodable: 2, too_large: 1 } })
  })

  it('has its stream say so, since the first of them, until a good one comes or nobody tries any more', async () => {
    const { hub, clock, scaler, publish, watch, finish } = makeRenditions()
    const undecodable = () => hub.directory.list(anyone)[0]?.undecodable
    const { viewer } = watch({ width: 320 })
    const fail = async () => {
      publish()
      await scaler.jobs[0]?.fail(new UndecodablePicture('this picture cannot be decoded'))
      clock.advance(1000)
    }
    const since = clock.now()
    for (let i = 0; i < 4; i++) await fail()
    expect(undecodable()).toEqual({ reason: 'this picture cannot be decoded', since })
    publish()
    await finish()
    expect(undecodable()).toBeUndefined()
    await fail()
    expect(undecodable()).toMatchObject({ since: since + 4000 })
    // One that is small enough is not decoded here.
    publish({ width: 100, height: 50 })
    expect(undecodable()).toBeUndefined()
    await fail()
    expect(undecodable()).toBeDefined()
    viewer.close()
    expect(undecodable()).toBeUndefined()
  })

  it('is shown as it is where nothing is shown yet: a still stream would stay empty', async () => {
    for (const error of [new UndecodablePicture('cut'), new ScalerFailure('it took too long')]) {
      const { scaler, publish, watch } = makeRenditions()
      publish()
      const { given } = watch({ width: 320 })
      await scaler.jobs[0]?.fail(error)
      expect(given()).toEqual(['1-0 1280'])
      expect(scaler.jobs).toEqual([])
    }
    const { publish, watch } = makeRenditions()
    publish({ width: 8000, height: 6000 })
    expect(watch({ width: 320 }).given()).toEqual(['1-0 8000'])
  })

  it('for want of a thread is tried again, as long as there is nothing newer, and not for ever', async () => {
    const { scaler, publish, watch, finish, maker } = makeRenditions()
    const fail = () => scaler.jobs[0]?.fail(new ScalerFailure('it took too long'))
    const { given } = watch({ width: 320 })
    publish()
    await finish()
    given()
    publish()
    await fail()
    await finish()
    expect(given()).toEqual(['2-0 320'])
    publish()
    publish()
    await fail()
    await finish()
    expect(given()).toEqual(['4-0 320'])
    expect(maker.counts.failed.thread).toBe(2)
    const jpegs = watch({ onlyJpeg: true })
    publish({ width: 320, height: 180 }, { mediaType: 'image/png' })
    for (let i = 0; i < 3; i++) await fail()
    expect([jpegs.given(), scaler.jobs.length]).toEqual([['4-0 1280'], 0])
  })

  it('is shown as it is where none can be made, but not to JPEG readers', () => {
    const { publish, watch } = makeRenditions()
    const all = watch({ width: 320 })
    const jpegs = watch({ width: 320, onlyJpeg: true })
    for (let i = 0; i < 4; i++) publish({ width: 8000, height: 6000 }, { mediaType: 'image/png' })
    expect(all.given()).toEqual(['4-0 8000'])
    expect(jpegs.given()).toEqual([])
  })
})

describe('where threads fail again and again', () => {
  it('viewers get the originals, single pictures are refused, and it is tried again when threads are back', async () => {
    const { hub, clock, scaler, publish, watch, finish, maker, log } = makeRenditions()
    const { given } = watch({ width: 320 })
    const jpegs = watch({ width: 320, onlyJpeg: true })
    for (let i = 0; i < 3; i++) {
      publish()
      await scaler.jobs[0]?.fail(new ScalerFailure('it does not run here'))
    }
    given()
    clock.advance(100)
    publish()
    expect(given()).toEqual(['4-0 1280'])
    expect([scaler.jobs.length, maker.running]).toEqual([0, 0])
    const wish = { quality: 'low', onlyJpeg: true } as const
    expect(() => hub.pictures.checkRoom(anyone, CAMERA, wish)).toThrow(expect.objectContaining({ code: 'unavailable' }))
    const frame = hub.directory.find(anyone, CAMERA)
    if (!isImageFrame(frame)) throw new Error('not a picture')
    await expect(hub.pictures.of(anyone, frame, wish)).rejects.toMatchObject({ code: 'unavailable' })
    scaler.becomeIdle()
    clock.advance(100)
    while (scaler.jobs.length > 0) await finish()
    expect([given(), jpegs.given()]).toEqual([[], ['4-0 320']])
    publish()
    await finish()
    expect(given()).toEqual(['5-0 320'])
    expect(jpegs.given()).toEqual(['5-0 320'])
    expect(log).toEqual([
      'no smaller pictures can be made: viewers get the originals',
      'smaller pictures are made again',
    ])
  })

  it('or all hang at once, viewers get the originals, and nobody goes on waiting for a single picture', async () => {
    const { hub, clock, scaler, publish, watch } = makeRenditions()
    publish()
    const frame = hub.directory.find(anyone, CAMERA)
    if (!isImageFrame(frame)) throw new Error('not a picture')
    const { given } = watch({ width: 320 })
    const asked = expect(hub.pictures.of(anyone, frame, { width: 640 })).rejects.toMatchObject({ code: 'unavailable' })
    scaler.isStuck = true
    scaler.threads = 0
    await scaler.jobs[0]?.fail(new ScalerFailure('it took too long'))
    await asked
    given()
    clock.advance(50)
    publish()
    expect(given()).toEqual(['2-0 1280'])
  })

  it('one more failure after that is enough', async () => {
    const { clock, scaler, publish, watch, maker, log } = makeRenditions()
    watch({ width: 320 })
    for (let i = 0; i < 3; i++) {
      publish()
      await scaler.jobs[0]?.fail(new ScalerFailure('it does not run here'))
    }
    clock.advance(100)
    scaler.becomeIdle()
    publish()
    clock.advance(100)
    await scaler.jobs[0]?.fail(new ScalerFailure('it does not run here'))
    clock.advance(100)
    publish()
    expect([scaler.jobs.length, maker.running, log.length]).toEqual([0, 0, 1])
  })
})
