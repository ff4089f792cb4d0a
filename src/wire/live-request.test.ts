import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Refusal } from '../core/errors.ts'
import { PRIORITIES } from '../core/event.ts'
import { isName } from '../core/stream-name.ts'
import { readLiveRequest, requestIdOf } from './live-request.ts'

const id = fc.maxSafeInteger()
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.normalize('NFC'))
  .filter(isName)
const eventId = fc.tuple(fc.nat(), fc.nat()).map(([ms, seq]) => `${ms}-${seq}`)
const names = fc.array(name, { maxLength: 100 }).filter((list) => list.join('').length <= 2000)
const priority = fc.constantFrom(...PRIORITIES)

/** What may be left out is, at random. */
const follow = fc
  .record({ after: eventId, types: names, labels: names, min_priority: priority }, { requiredKeys: [] })
  .chain((fields) => fc.record({ epoch: eventId }, { requiredKeys: [] }).map((more) => ({ ...more, ...fields })))
  .map(({ epoch, ...fields }) => ({ ...fields, ...(fields.after !== undefined && epoch !== undefined && { epoch }) }))
const watch = fc
  .record(
    {
      label: name,
      max_fps: fc.constantFrom(0, 0.01, 25, 1000),
      width: fc.integer({ min: 1, max: 16_384 }),
      colormap: fc.constantFrom('gray', 'jet'),
      levels: fc.constantFrom('auto', '0,100', 'p1,p99'),
      log: fc.boolean(),
      values: fc.constantFrom('native', 'f32', 'u16', 'u8'),
      compression: fc.constantFrom('none', 'bitshuffle_lz4'),
    },
    {
      requiredKeys: [],
    },
  )
  .chain((fields) => (fields.label === undefined ? fc.constant(fields) : name.map((key) => ({ ...fields, key }))))
const request = fc.oneof(
  fc.tuple(id, follow).map(([number, fields]) => ({ type: 'follow', id: number, ...fields })),
  fc.tuple(id, watch).map(([number, fields]) => ({ type: 'watch', id: number, ...fields })),
  fc.record({ type: fc.constantFrom('unwatch', 'unfollow'), id }),
  fc.record({ type: fc.constant('credit'), n: id }),
  fc.record({ type: fc.constant('clock'), t0: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
)

it('a request is read as it was meant', () => {
  fc.assert(
    fc.property(request, (meant) => {
      // JSON has no -0.
      const sent = JSON.parse(JSON.stringify(meant))
      expect(JSON.parse(JSON.stringify(readLiveRequest(JSON.stringify(sent))))).toEqual(sent)
    }),
  )
})

it('whatever else comes is refused with a sentence, or read as a request with fields of the right kind', () => {
  const field = fc.oneof(fc.jsonValue({ maxDepth: 2 }), name, eventId, names, id)
  const message = fc.record(
    {
      type: fc.constantFrom('follow', 'unfollow', 'watch', 'unwatch', 'credit', 'clock', 'x', 5),
      id: field,
      after: field,
      epoch: field,
      types: field,
      labels: field,
      min_priority: field,
    },
    { requiredKeys: ['type'] },
  )
  fc.assert(
    fc.property(message, (sent) => {
      try {
        const read = readLiveRequest(JSON.stringify(sent))
        if (read.type !== 'follow') return
        expect(read).toMatchObject({ id: expect.any(Number) })
        for (const each of [read.types, read.labels]) if (each) expect(each.every(isName)).toBe(true)
        expect([...PRIORITIES, undefined]).toContain(read.min_priority)
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
        expect(error).toMatchObject({ code: 'invalid', message: expect.stringMatching(/^\w+: ./) })
      }
    }),
  )
})

it.each([
  [{ type: 'follow' }, 'id: an integer is required'],
  [{ type: 'follow', id: 1.5 }, 'id: an integer is required'],
  [{ type: 'follow', id: 1, after: '5' }, 'after: must be the id of an event, such as 1800000000000-0'],
  [{ type: 'follow', id: 1, after: 5 }, 'after: must be the id of an event, such as 1800000000000-0'],
  [{ type: 'follow', id: 1, epoch: '5-0' }, 'epoch: needs an after beside it'],
  [{ type: 'follow', id: 1, after: '5-0', epoch: '' }, 'epoch: must be the id of an event, such as 1800000000000-0'],
  [{ type: 'follow', id: 1, types: 'bell' }, 'types: a list of texts is required'],
  [{ type: 'follow', id: 1, types: ['bell', 5] }, 'types: a text is required'],
  [{ type: 'follow', id: 1, labels: [''] }, 'labels: must not be empty'],
  [{ type: 'follow', id: 1, labels: Array(101).fill('a') }, 'labels: at most 100 may be named'],
  [{ type: 'follow', id: 1, min_priority: 'urgent' }, 'min_priority: must be one of LOW, NORMAL, HIGH, CRITICAL'],
  [{ type: 'watch', id: 1, colormap: 5 }, 'colormap: a text is required'],
  [{ type: 'watch', id: 1, values: 'u13' }, 'values: must be one of "native", "f32", "u16", "u8"'],
  [{ type: 'watch', id: 1, compression: 'zip' }, 'compression: must be one of "none", "bitshuffle_lz4"'],
  [{ type: 'watch', id: 1, levels: [0, 1] }, 'levels: a text is required'],
  [{ type: 'watch', id: 1, log: 'true' }, 'log: true or false is required'],
  [{ type: 'unfollow' }, 'id: an integer is required'],
  [{ type: 'events' }, 'type: must be "watch", "unwatch", "follow", "unfollow", "credit" or "clock"'],
])('%j is refused: %s', (message, sentence) => {
  expect(() => readLiveRequest(JSON.stringify(message))).toThrow(new Refusal('invalid', sentence))
})

it('a filter is no longer than it may be', () => {
  const types = Array(11).fill('a'.repeat(200))
  expect(() => readLiveRequest(JSON.stringify({ type: 'follow', id: 1, types }))).toThrow(
    new Refusal('invalid', 'types: at most 2000 characters in all'),
  )
})

it('a priority may be in any case', () => {
  expect(readLiveRequest('{"type":"follow","id":1,"min_priority":"high"}')).toMatchObject({ min_priority: 'HIGH' })
})

it('the id of a refused request is known if there is one', () => {
  const texts = ['{"type":"x","id":7}', '{"id":1.5}', '{"id":"7"}', '[7]', '7', 'x', '']
  expect(texts.map(requestIdOf)).toEqual([7, ...texts.slice(1).map(() => undefined)])
})
