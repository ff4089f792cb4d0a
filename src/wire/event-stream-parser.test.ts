import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeServerSentEvent } from './event-stream.ts'
import { EventStreamParser } from './event-stream-parser.ts'

/** Parses pieces of a stream. */
function parse(pieces: readonly string[], lastEventId?: string) {
  const events: { type: string; data: string; id: string }[] = []
  const parser = new EventStreamParser(
    ({ type, data }) => events.push({ type, data, id: parser.lastEventId }),
    lastEventId,
  )
  for (const piece of pieces) parser.push(piece)
  return { events, parser }
}

/** Cuts a text at the given places. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b)
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end))
}

const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll(/[\r\n\0]/g, ''))
const places = fc.array(fc.nat(), { maxLength: 12 })

it('reads what the server writes, wherever the network cuts it and whatever ends the lines', () => {
  const message = fc.record({
    event: fc.constantFrom('event', 'heartbeat'),
    id: fc.option(
      line.filter((text) => text !== '' && !text.startsWith(' ')),
      { nil: undefined },
    ),
    data: fc
      .array(fc.oneof(line, fc.constantFrom('\r', '\n', ':', ' ', 'id: 9')), { maxLength: 6 })
      .map((all) => all.join('')),
  })
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      places,
      (messages, end, at) => {
        const stream = messages.map(encodeServerSentEvent).join('').replaceAll('\n', end)
        let last = ''
        const expected = messages.map(({ event, id, data }) => {
          last = id ?? last
          return { type: event, data: data.replaceAll(/\r\n|\r/g, '\n'), id: last }
        })
        expect(parse(cut(stream, at)).events).toEqual(expected)
      },
    ),
  )
})

it('makes the same of any text, in one piece or in many', () => {
  const text = fc.array(fc.constantFrom('data', 'id', 'event', 'retry', ':', ' ', '\r', '\n', '1', 'x', '\0'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(text, places, (parts, at) => {
      const whole = parse([parts.join('')])
      const pieces = parse(cut(parts.join(''), at))
      expect(pieces.events).toEqual(whole.events)
      expect([pieces.parser.lastEventId, pieces.parser.retry]).toEqual([whole.parser.lastEventId, whole.parser.retry])
    }),
  )
})

it('knows where to go on, and when', () => {
  const { events, parser } = parse(['retry: 30000\n: a comment\nevent: error\ndata: {}\n\n'], '5-0')
  expect(events).toEqual([{ type: 'error', data: '{}', id: '5-0' }])
  expect(parser.retry).toBe(30_000)
  parser.push('id: 6-0\ndata: x\n')
  expect(parser.lastEventId).toBe('5-0')
  parser.push('\nretry: soon\n\n')
  expect([parser.lastEventId, parser.retry]).toEqual(['6-0', 30_000])
})
