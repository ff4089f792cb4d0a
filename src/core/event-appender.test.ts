import { expect, it } from 'vitest'
import { happening, shown, somebody } from '../../test/support/event-stores.ts'
import { collectGarbage } from '../../test/support/garbage.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../test/support/memory-event-store.ts'
import type { EventPicture, NewEvent } from './event.ts'
import { EventAppender } from './event-appender.ts'
import type { EventPictures } from './event-pictures.ts'
import type { EncodedImage } from './payload.ts'

const anImage = (): EncodedImage => ({
  kind: 'image',
  bytes: new Uint8Array(10),
  mediaType: 'image/jpeg',
  width: 8,
  height: 8,
})

function make({ eventsPerMinute = 1000, size = 100 } = {}) {
  const clock = new ManualClock()
  const store = new MemoryEventStore({ clock, size, bytes: 1e6 })
  /** Pictures that wait for the test. */
  const waiting: { owner: Pick<NewEvent, 'publisher' | 'label'>; done: (picture: EventPicture | undefined) => void }[] =
    []
  const pictures: EventPictures = {
    save: (_image, owner) => new Promise((done) => waiting.push({ owner, done })),
    find: async () => undefined,
    close: async () => {},
  }
  const appender = new EventAppender({ clock, store, pictures, eventsPerMinute })
  const { principal, end } = somebody()
  const events = async () => (await store.read({ grants: principal.grants, limit: 100 })).events
  const append = (number: number, key: string, image?: EncodedImage) =>
    appender.append(principal, happening(number, { label: 'site', key }), { image })
  return { clock, append, appender, waiting, principal, end, events }
}

const picture = { id: 'p', mediaType: 'image/jpeg' } as const

it('stores the picture first, and keeps the events of one stream in their order', async () => {
  const { clock, append, waiting, events } = make()
  const first = append(1, 'gate', anImage())
  const second = append(2, 'gate')
  const third = append(3, 'gate', anImage())
  await append(4, 'yard')
  expect(shown(await events())).toEqual([4])
  expect(waiting.map(({ owner }) => owner.label)).toEqual(['site', 'site'])
  clock.advance(1000)
  waiting[1]?.done(undefined)
  waiting[0]?.done(picture)
  const appended = await Promise.all([first, second, third])
  expect(appended.map(({ event }) => event.picture)).toEqual([picture, undefined, undefined])
  // The time of an event is when it happened, not when its picture was stored.
  expect(new Set(appended.map(({ event }) => event.timestamp))).toEqual(new Set([clock.now() - 1000]))
  expect(shown(await events())).toEqual([4, 1, 2, 3])
  await append(5, 'gate')
  expect(shown(await events())).toEqual([4, 1, 2, 3, 5])
})

it('stores a picture once that several events get at the same time, but in the share of each publisher', async () => {
  const { append, appender, principal, waiting } = make()
  const image = anImage()
  const both = [append(1, 'gate', image), append(2, 'gate', image)]
  both.push(appender.append(principal, happening(3, { label: 'site', key: 'gate' }), { image, publisher: 'other' }))
  expect(waiting.map(({ owner }) => owner.publisher)).toEqual([undefined, 'other'])
  for (const { done } of waiting) done(picture)
  const appended = await Promise.all(both)
  expect(appended.map(({ event }) => [event.publisher, event.picture])).toEqual([
    [undefined, picture],
    [undefined, picture],
    ['other', picture],
  ])
  const later = append(4, 'gate', image)
  expect(waiting).toHaveLength(3)
  waiting[2]?.done(undefined)
  await later
})

it('asks again whether the event may be published once its picture is stored', async () => {
  const { append, appender, principal, waiting, end, events } = make()
  const check = () => {
    throw new Error('not any more')
  }
  const checked = appender.append(principal, happening(1, { label: 'a', key: 'b' }), { image: anImage(), check })
  waiting[0]?.done(picture)
  await expect(checked).rejects.toThrow('not any more')
  const ended = append(2, 'gate', anImage())
  end()
  waiting[1]?.done(picture)
  await expect(ended).rejects.toThrow('No longer allowed')
  expect(await events()).toEqual([])
})

it('keeps nothing of what was appended, however long events wait for each other', async () => {
  const { append, waiting } = make({ size: 1 })
  const refs: WeakRef<EventPicture>[] = []
  const answer = (at: number) => {
    const stored: EventPicture = { ...picture }
    refs.push(new WeakRef(stored))
    waiting[at]?.done(stored)
  }
  let one = append(0, 'gate', anImage())
  for (let n = 1; n <= 5; n++) {
    const next = append(n, 'gate', anImage())
    answer(n - 1)
    await one
    one = next
  }
  await collectGarbage()
  // The newest is in the store.
  expect(refs.map((ref) => ref.deref() !== undefined)).toEqual([false, false, false, false, true])
  answer(5)
  await one
})

it('counts an event before anything is stored', async () => {
  const { append, waiting } = make({ eventsPerMinute: 1 })
  const first = append(1, 'gate', anImage())
  await expect(append(2, 'gate', anImage())).rejects.toMatchObject({ code: 'limited' })
  expect(waiting).toHaveLength(1)
  waiting[0]?.done(picture)
  await first
})

it('asks whether it still may be appended also where nothing has to wait', async () => {
  const { appender, principal, events } = make()
  const check = () => {
    throw new Error('not any more')
  }
  await expect(appender.append(principal, happening(1, { label: 'a' }), { check })).rejects.toThrow('not any more')
  expect(await events()).toEqual([])
})
