import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PAYLOAD_KINDS } from '../core/payload.ts'
import { STREAM_STATES } from '../core/stream-condition.ts'
import { isName } from '../core/stream-name.ts'
import { decodeNodeMessage, encodeNodeMessage, type NodeMessage } from './node-message.ts'

const part = fc.string({ minLength: 1, maxLength: 20 }).filter(isName)
const name = fc.record({ label: part, key: part })
const count = fc.integer({ min: 1, max: 1e9 })
const limit = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs), { nil: undefined })
const demand = fc.record({
  viewers: count,
  maxFps: limit,
  maxWidth: limit,
  kinds: fc.subarray([...PAYLOAD_KINDS]),
})
const condition = fc.record({ state: fc.constantFrom(...STREAM_STATES), reason: fc.string() })
const state = fc.record({
  viewers: fc.nat(),
  watched: fc.array(fc.record({ name, demand }), { maxLength: 5 }),
  fed: fc.array(fc.record({ name, condition }), { maxLength: 5 }),
})
const used = fc
  .array(fc.tuple(fc.string(), fc.array(fc.tuple(fc.string(), count), { maxLength: 5 })), { maxLength: 5 })
  .map((limits) => new Map(limits.map(([limit, clients]) => [limit, new Map(clients)])))

describe('what servers say to each other', () => {
  it('is read as it was meant', () => {
    const message: fc.Arbitrary<NodeMessage> = fc.oneof(
      fc.record({ state }),
      fc.record({ used }),
      fc.record({ state, used }),
      fc.constant({}),
    )
    fc.assert(
      fc.property(message, (message) => {
        expect(decodeNodeMessage(encodeNodeMessage(message))).toEqual(message)
      }),
    )
  })

  it('is no message if it is no JSON object, and parts that are wrong are left out', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeNodeMessage(text)))
    fc.assert(fc.property(fc.jsonValue(), (value) => void decodeNodeMessage(JSON.stringify(value))))
    for (const text of ['', '[]', 'null', '{']) expect(decodeNodeMessage(text)).toBeUndefined()
    const good = ['site', 'gate', 1, null, 100, ['image', 'sound']]
    const wrong = [['', 'gate', 1], ['site', 'gate', 0], ['site', 'gate', -1], 'x', null, []]
    const text = JSON.stringify({
      state: { viewers: -1, watched: [good, ...wrong], fed: [['site', 'gate', 'asleep', ''], 5] },
      used: { a: { ann: 1, bob: 0, eve: -5, max: '1' }, b: 7 },
    })
    expect(decodeNodeMessage(text)).toEqual({
      state: {
        viewers: 0,
        watched: [
          {
            name: { label: 'site', key: 'gate' },
            demand: { viewers: 1, maxFps: undefined, maxWidth: 100, kinds: ['image'] },
          },
        ],
        fed: [],
      },
      used: new Map([
        ['a', new Map([['ann', 1]])],
        ['b', new Map()],
      ]),
    })
  })
})
