import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STREAM_STARTS } from '../core/stream-condition.ts'
import { isName } from '../core/stream-name.ts'
import { decodeRemembered, encodeRemembered } from './remembered-streams.ts'

/** In whatever spelling: the one that came first is kept. */
const name = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), fc.constantFrom('NFC', 'NFD'))
  .map(([text, form]) => text.normalize(form))
  .filter(isName)
const length = fc.integer({ min: 1, max: 100_000 })
const stream = fc
  .record({
    name: fc.record({ label: name, key: name }),
    start: fc.constantFrom(...STREAM_STARTS),
    lastSeenAt: fc.integer({ min: 0, max: 4e12 }),
    size: fc.option(fc.record({ width: length, height: length }), { nil: undefined }),
  })
  .map((each) => (each.start === 'next' ? { ...each, size: undefined } : each))

describe('the file of remembered streams', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(stream, { maxLength: 10 }), (streams) => {
        expect(decodeRemembered(encodeRemembered(streams))).toEqual(streams)
      }),
    )
  })

  it('is nothing when it is cut, and never throws, whatever it holds', () => {
    const whole = encodeRemembered([{ name: { label: 'a', key: 'b' }, start: 'newest', lastSeenAt: 5 }])
    for (let length = 0; length < whole.length - 2; length++)
      expect(decodeRemembered(whole.slice(0, length))).toBeUndefined()
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void decodeRemembered(text)))
    expect(decodeRemembered('{"version":2,"streams":[]}')).toBeUndefined()
  })

  it('loses only what is wrong', () => {
    const right = { label: 'a', key: 'b', start: 'newest', last_seen_at: 5 }
    const wrong = [
      ...[null, 5, 'a', [], {}],
      ...[{ label: 5 }, { key: '..' }, { start: 'first' }, { last_seen_at: '5' }, { last_seen_at: -1 }].map(
        (fields) => ({ ...right, ...fields }),
      ),
    ]
    const text = JSON.stringify({ version: 1, streams: [...wrong, { ...right, width: -3, height: 2 }] })
    expect(decodeRemembered(text)).toEqual([
      { name: { label: 'a', key: 'b' }, start: 'newest', lastSeenAt: 5, size: undefined },
    ])
  })
})
