import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeServerSentEvent } from './event-stream.ts'

/** What a browser makes of an event stream, as the standard says: section 9.2.6, "Interpreting an event stream". */
function interpret(stream: string) {
  const events: { type: string; data: string; lastEventId: string }[] = []
  let [type, data, lastEventId, retry] = ['', '', '', -1]
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1), lastEventId })
      ;[type, data] = ['', '']
      continue
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/su.exec(line) ?? []
    if (field === 'event') type = value
    if (field === 'data') data += `${value}\n`
    if (field === 'id' && !value.includes('\0')) lastEventId = value
    if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value)
  }
  return { events, retry }
}

const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n\0]/g, ''))

it('is read as it was meant, whatever line breaks are in its data', () => {
  const data = fc.array(fc.oneof(line, fc.constantFrom('\r', '\n', '\r\n', ':', ' ', 'id: 9', 'event: x')), {
    maxLength: 8,
  })
  const message = fc.record({
    event: fc.constantFrom('event', 'heartbeat'),
    id: fc.option(
      line.filter((text) => text !== '' && !text.startsWith(' ')),
      { nil: undefined },
    ),
    data: data.map((parts) => parts.join('')),
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
      let lastEventId = ''
      const expected = messages.map(({ event, id, data }) => {
        lastEventId = id ?? lastEventId
        return { type: event, data: data.replaceAll(/\r\n|\r/g, '\n'), lastEventId }
      })
      expect(interpret(messages.map(encodeServerSentEvent).join('')).events).toEqual(expected)
    }),
  )
})

it('says when to reconnect', () => {
  expect(encodeServerSentEvent({ retry: 30_000 })).toBe('retry: 30000\n\n')
  expect(encodeServerSentEvent({ retry: 3000, event: 'error', data: '{}' })).toBe(
    'retry: 3000\nevent: error\ndata: {}\n\n',
  )
})

it('refuses a type or an id that would become another field', () => {
  for (const bad of ['a\nb', 'a\rb', 'a\r\nb']) {
    expect(() => encodeServerSentEvent({ event: bad })).toThrow(RangeError)
    expect(() => encodeServerSentEvent({ id: bad })).toThrow(RangeError)
  }
  expect(() => encodeServerSentEvent({ id: 'a\0b' })).toThrow(RangeError)
})
