import { describe, expect, it } from 'vitest'
import { anyone } from '../../test/support/hub.ts'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import type { PictureWish } from '../core/demand.ts'
import { type ImageFrame, isImageFrame } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import { ScalerFailure, UndecodablePicture } from './scaler.ts'

function newestOf(hub: Hub): ImageFrame {
  const frame = hub.directory.find(anyone, CAMERA)
  if (!isImageFrame(frame)) throw new Error('not a picture')
  return frame
}

describe('a picture of one frame', () => {
  it('is made once for all who want the same at the same time', async () => {
    const { hub, scaler, publish, maker } = makeRenditions()
    publish()
    const frame = newestOf(hub)
    const asked = [300, 320].map((width) => hub.pictures.of(guest('ann'), frame, { width }))
    expect(scaler.jobs.map(({ sizes }) => sizes)).toEqual([['320x180']])
    await scaler.jobs[0]?.finish()
    for (const made of await Promise.all(asked))
      expect(made).toMatchObject({ id: frame.id, size: frame.size, payload: { width: 320 } })
    expect(maker.counts.made).toBe(1)
  })

  it('is the frame itself if that is right, or what viewers have of it', async () => {
    const { hub, publish, watch, finish, scaler } = makeRenditions()
    publish()
    const frame = newestOf(hub)
    expect(await hub.pictures.of(anyone, frame, { width: 2000 })).toBe(frame)
    watch({ width: 320 })
    await finish()
    expect(await hub.pictures.of(anyone, frame, { width: 320 })).toMatchObject({ payload: { width: 320 } })
    expect(scaler.jobs).toEqual([])
  })

  it('waits for its turn, client by client and between streams, in a number that is limited', async () => {
    const { hub, scaler, publish, watch, finish } = makeRenditions({ waiting: { max: 3, share: 2 } })
    publish()
    const frame = newestOf(hub)
    const [ann, ben] = [guest('ann'), guest('ben')]
    const made: string[] = []
    const ask = (name: string, who: typeof ann, width: number) =>
      hub.pictures.of(who, frame, { width, onlyJpeg: true }).then(() => made.push(name))
    const refusalOf = (who: typeof ann) => expect(hub.pictures.of(who, frame, { quality: 'low' })).rejects
    const asked = [ask('ann 160', ann, 160), ask('ann 320', ann, 320)]
    watch({ width: 160 })
    await refusalOf(ann).toMatchObject({ code: 'limited', limit: 'renditions.waiting_per_client' })
    asked.push(ask('ben 640', ben, 640))
    await refusalOf(ben).toMatchObject({ code: 'exhausted', limit: 'renditions.waiting' })
    // Of what is being made anyhow as many may have a copy as want one.
    asked.push(ask('ann again', ann, 160), ask('ben again', ben, 160))
    const order: string[] = []
    while (scaler.jobs[0]) {
      order.push(scaler.jobs[0].sizes.join())
      await finish()
    }
    expect(order).toEqual(['160x90', '160x90', '320x180', '640x360'])
    await Promise.all(asked)
    expect(made.toSorted()).toEqual(['ann 160', 'ann 320', 'ann again', 'ben 640', 'ben again'])
  })

  it('counts for whoever exactly asks, where a principal is many people', async () => {
    const { hub, scaler, publish, watch } = makeRenditions({ waiting: { max: 3, share: 1 } })
    publish()
    watch({ width: 640 })
    const frame = newestOf(hub)
    const ask = (client: string, wish: PictureWish) => hub.pictures.of(guest('visitors'), frame, wish, { client })
    const asked = [ask('one', { width: 160 }), ask('other', { width: 320 })]
    await expect(ask('one', { quality: 'low' })).rejects.toMatchObject({ limit: 'renditions.waiting_per_client' })
    while (scaler.jobs[0]) await scaler.jobs[0].finish()
    expect((await Promise.all(asked)).map(({ payload }) => payload.width)).toEqual([160, 320])
  })

  it('is not made any more when nobody waits for it', async () => {
    const { hub, scaler, publish, finish, maker } = makeRenditions()
    publish()
    const frame = newestOf(hub)
    const busy = hub.pictures.of(anyone, frame, { width: 640 })
    const gone = new AbortController()
    const asked = hub.pictures.of(anyone, frame, { width: 320 }, { signal: gone.signal })
    expect(maker.waiting).toBe(1)
    gone.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
    expect(maker.waiting).toBe(0)
    await finish()
    await busy
    expect(scaler.jobs).toEqual([])
  })

  it('is refused with a sentence when it cannot be made', async () => {
    const { hub, scaler, publish, maker } = makeRenditions()
    publish()
    const wish = { width: 320 }
    const bad = expect(hub.pictures.of(anyone, newestOf(hub), wish)).rejects.toMatchObject({
      code: 'invalid',
      message: 'This picture cannot be decoded: it is cut',
    })
    await scaler.jobs[0]?.fail(new UndecodablePicture('it is cut'))
    await bad
    const crashed = expect(hub.pictures.of(anyone, newestOf(hub), wish)).rejects.toMatchObject({ code: 'unavailable' })
    await scaler.jobs[0]?.fail(new ScalerFailure('the thread crashed'))
    await crashed
    publish({ width: 8000, height: 6000 })
    await expect(hub.pictures.of(anyone, newestOf(hub), wish)).rejects.toThrow(/more than 25 megapixels/)
    expect(maker.counts.failed).toMatchObject({ undecodable: 1, thread: 1 })
  })

  it('is given to nobody whose right ended while it was made', async () => {
    const { hub, publish, finish } = makeRenditions()
    publish()
    const end = new AbortController()
    const asked = expect(
      hub.pictures.of({ ...guest('ann'), ended: end.signal }, newestOf(hub), { width: 320 }),
    ).rejects.toMatchObject({ code: 'unauthenticated' })
    end.abort('signed out')
    await finish()
    await asked
  })

  it('that waits when the server goes down is refused', async () => {
    const { hub, publish, maker } = makeRenditions({}, 0)
    publish()
    const asked = expect(hub.pictures.of(anyone, newestOf(hub), { width: 320 })).rejects.toThrow(/going down/)
    maker.close()
    await asked
    await expect(hub.pictures.of(anyone, newestOf(hub), { width: 320 })).rejects.toThrow(/going down/)
  })

  it('is made when threads that were being replaced are back', async () => {
    const { hub, scaler, publish, finish } = makeRenditions({}, 0)
    publish()
    const asked = hub.pictures.of(anyone, newestOf(hub), { width: 320 })
    scaler.threads = 1
    scaler.becomeIdle()
    await finish()
    expect(await asked).toMatchObject({ payload: { width: 320 } })
  })
})
