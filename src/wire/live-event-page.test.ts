import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LoggedEvent, PRIORITIES } from '../core/event.ts'
import { eventJson } from './event-json.ts'
import { liveEventPages } from './live-event-page.ts'

const id = fc.tuple(fc.nat(9), fc.nat(9)).map(([ms, seq]) => `${1_800_000_000_000 + ms}-${seq}` as const)
const text = fc.string({ unit: 'binary', maxLength: 20 })
const event: fc.Arbitrary<LoggedEvent> = fc.record(
  {
    id,
    type: text,
    source: text,
    timestamp: fc.integer(),
    priority: fc.constantFrom(...PRIORITIES),
    data: fc.json({ maxDepth: 2 }).map((json) => JSON.parse(json)),
    label: text,
    publisher: text,
    picture: fc.record({ id: text, mediaType: fc.constant('image/jpeg' as const) }),
    acknowledged: fc.record({ by: text, at: fc.integer() }),
  },
  { requiredKeys: ['id', 'type', 'source', 'timestamp', 'priority', 'data'] },
)
const gap = fc.record({ missed_from: id, missed_to: id })
const page = fc
  .record({ events: fc.array(event, { maxLength: 8 }), position: id, epoch: id, hasMore: fc.boolean(), gap })
  .chain((whole) => fc.constantFrom(whole, { ...whole, gap: undefined }))
  .map(({ gap: found, ...rest }) => ({ ...rest, ...(found && { gap: found }) }))

const BASE_PATHS = fc.constantFrom('', '/cameras')

it('a page is one message, or several that each can be resumed from', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      page,
      fc.integer({ min: 300, max: 1500 }),
      BASE_PATHS,
      (number, whole, most, basePath) => {
        const texts = liveEventPages(number, whole, most, basePath)
        const messages = texts.map((each) => JSON.parse(each))
        const { position, epoch } = whole
        const events = whole.events.map((each) => eventJson(each, basePath))
        expect(messages.flatMap((each) => each.events)).toEqual(JSON.parse(JSON.stringify(events)))
        for (const [i, message] of messages.entries()) {
          const isLast = i === messages.length - 1
          expect(message).toEqual({
            type: 'events',
            id: number,
            epoch,
            position: isLast ? position : message.events.at(-1).id,
            ...(i === 0 && whole.gap && { gap: whole.gap }),
            events: message.events,
          })
          if (message.events.length > 1) expect(texts[i]?.length).toBeLessThanOrEqual(most)
        }
        // No more messages than are needed.
        if (JSON.stringify(events).length <= most - 300) expect(messages).toHaveLength(1)
      },
    ),
  )
})
