import { expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import type { LoggedEvent, SpooledEvent } from './event.ts'
import type { EventPage } from './event-store.ts'
import { eventFor, pageFor } from './event-view.ts'
import { Frame } from './frame.ts'
import { authorizeValues, FrameViews } from './pictures-only.ts'

const views = new FrameViews((image) => ({ ...image, bytes: image.bytes.subarray(1) }))
const GUEST = { kind: 'link', name: 'the link "visit"', isPicturesOnly: true } as const
const OTHER = { kind: 'link', name: 'the link "all"', isPicturesOnly: false } as const

it('who sees pictures only gets a frame without all else, the same for all of them', () => {
  const input = { ...frameInput('site', 'cam'), warnings: ['no_hardhat'], capturedAt: 5, pulse: { id: 7n } }
  const frame = new Frame({ ...input, metadata: { badge: 12 }, metadataText: '{"badge":12}' }, '1-0', 1000, 3)
  const shown = views.for(GUEST, frame)
  expect(shown).toMatchObject({ id: '1-0', receivedAt: 1000, sequence: 3, capturedAt: 5, warnings: ['no_hardhat'] })
  expect(shown.payload).toEqual({ ...frame.payload, bytes: new Uint8Array(9) })
  expect([shown.metadata, shown.metadataText, shown.pulse, shown.channels]).toEqual([
    {},
    undefined,
    undefined,
    undefined,
  ])
  expect(views.for({ ...GUEST }, frame)).toBe(shown)
  expect(views.for(OTHER, frame)).toBe(frame)
})

it('who sees pictures only gets no values', () => {
  expect(() => authorizeValues(GUEST)).toThrow('the link "visit" shows pictures, not what was measured')
  expect(() => authorizeValues(OTHER)).not.toThrow()
})

it('who sees pictures only gets no data of events, waiting ones included, but what the server reports of streams', () => {
  const sent = { type: 'x', timestamp: 1, priority: 'NORMAL', data: { badge: 12 }, dataText: '{"badge":12}' } as const
  const others: LoggedEvent = { ...sent, id: '1-0', source: 'door' }
  const said = { reason: 'its camera is off', warning: 'no_hardhat' }
  const own: LoggedEvent = { ...sent, id: '2-0', source: 'server', type: 'stream_offline', data: said }
  const pretended: LoggedEvent = { ...sent, id: '3-0', source: 'server' }
  const waiting: SpooledEvent = { ...sent, source: 'door', receipt: 'r' }
  const place = { position: '2-0', epoch: '0-1', hasMore: false } as const
  const page: EventPage = { ...place, events: [others, own, pretended], spooled: { events: [waiting], place: 1 } }
  const nothing = { data: {}, dataText: undefined }
  expect(pageFor(GUEST, page)).toMatchObject({
    events: [nothing, { ...own, dataText: undefined }, nothing],
    spooled: { events: [nothing], place: 1 },
  })
  const more = { ...own, data: { ...said, badge: 12 } }
  expect(eventFor(GUEST, more).data).toEqual(said)
  expect(pageFor(OTHER, page)).toMatchObject({ events: [others, own, pretended], spooled: { events: [waiting] } })
  expect(eventFor(OTHER, others)).toEqual(others)
})
