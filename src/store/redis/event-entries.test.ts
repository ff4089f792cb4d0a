import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newEvent } from '../../../test/support/event-stores.ts'
import { PRIORITIES, weightOfEvent } from '../../core/event.ts'
import {
  acknowledgementOf,
  acknowledgementText,
  entriesOf,
  eventOf,
  fieldsOf,
  indexOf,
  pairsOf,
} from './event-entries.ts'
import { parseReceipt, receiptText } from './receipt.ts'

const text = fc.string({ unit: 'grapheme' })
const optional = fc.option(text, { nil: undefined })
const anyEvent = fc
  .record({
    type: text,
    source: text,
    priority: fc.constantFrom(...PRIORITIES),
    label: optional,
    key: optional,
    needs: fc.constantFrom('view', 'administer', undefined),
    publisher: optional,
    timestamp: fc.nat(1_800_000_000_000),
    data: fc.jsonValue(),
    picture: fc.constantFrom({ id: 'a', mediaType: 'image/jpeg' }, undefined),
  } as const)
  // JSON knows no -0, and a key only belongs to a label.
  .map((event) => ({
    ...event,
    data: JSON.parse(JSON.stringify(event.data)),
    key: event.label && event.key,
  }))

/** What Redis answers for an entry: bytes. */
const replyOf = (id: string, fields: readonly string[]) => [Buffer.from(id), fields.map((each) => Buffer.from(each))]

it('an event comes back from its entry as it was, and the index has its weight', () => {
  fc.assert(
    fc.property(anyEvent, (given) => {
      const event = newEvent(0, given)
      const [entry] = entriesOf([replyOf('1800000000000-1', fieldsOf(event, 'run-7'))])
      if (!entry) throw new Error('there is no entry')
      expect(eventOf(entry)).toEqual({ ...event, id: '1800000000000-1', receipt: 'run-7' })
      expect(indexOf(entry)?.weight).toBe(weightOfEvent(event))
    }),
  )
})

it('whatever other programs write is an event or none, and never an error', () => {
  fc.assert(
    fc.property(fc.array(text), fc.option(text, { nil: undefined }), (fields, acknowledged) => {
      for (const entry of entriesOf([replyOf('5-1', fields)])) {
        const event = eventOf(entry, acknowledged)
        expect(event === undefined).toBe(!entry.fields.has('type'))
        expect(event?.id ?? '5-1').toBe('5-1')
      }
    }),
  )
})

it('what is missing of an event of another program is as little as possible, and what is strange is for admins', () => {
  const entry = {
    id: '1800000000000-0',
    fields: pairsOf(['type', 'a', 'data', 'no JSON', 'key', 'k', 'needs', 'all']),
  } as const
  expect(eventOf(entry)).toEqual({
    ...{ id: '1800000000000-0', type: 'a', timestamp: 1_800_000_000_000, source: 'Redis', priority: 'NORMAL' },
    ...{ data: 'no JSON', needs: 'administer' },
  })
})

it('names are as they were written, what claims to be of the future is of now, and what is too long is no event', () => {
  const entry = (...fields: string[]) => ({ id: '1800000000000-0', fields: pairsOf(fields) }) as const
  const strange = entry('type', 'a', 'label', 'e\u0301', 'key', 'u\u0308', 'timestamp', '1800000000000000')
  expect(eventOf(strange)).toMatchObject({ label: 'e\u0301', key: 'u\u0308', timestamp: 1_800_000_000_000 })
  expect(indexOf(entry('type', 'x'.repeat(1001)))).toBe(undefined)
  expect(indexOf(entry('type', 'a', 'label', 'x'.repeat(1001)))).toBe(undefined)
})

it('an acknowledgement comes back as it was; anything else is none', () => {
  for (const given of [
    { by: 'Ann', at: 5 },
    { by: undefined, at: 6 },
  ])
    expect(acknowledgementOf(acknowledgementText(given))).toEqual(given)
  for (const text of ['', 'x', '[]', '5', '{}', '{"at":"5"}']) expect(acknowledgementOf(text)).toBe(undefined)
})

it('a receipt is a text that says which run and which number', () => {
  const receipt = { run: '0f3a', number: 12 }
  expect(receiptText(receipt)).toBe('0f3a-12')
  expect(parseReceipt('0f3a-12')).toEqual(receipt)
  for (const text of ['', '12', '-12', 'a-', 'a b-1', 'a-1-2', 'a-x']) expect(parseReceipt(text)).toBe(undefined)
})
