import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from '../core/errors.ts'
import { isName } from '../core/stream-name.ts'
import { joinTypes, readSocketIoRequest } from './socket-io-request.ts'

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.normalize('NFC'))
  .filter(isName)
const names = fc.array(name, { minLength: 1, maxLength: 100 }).filter((list) => list.join('').length <= 2000)

describe('what a client of Socket.IO asks for', () => {
  it('is read as it was meant', () => {
    fc.assert(
      fc.property(names, fc.string(), fc.jsonValue({ maxDepth: 5 }), (list, command, params) => {
        const types = list.includes('*') ? undefined : list
        expect(readSocketIoRequest('subscribe', [{ event_types: list }])).toEqual({ type: 'subscribe', types })
        expect(readSocketIoRequest('subscribe_labels', [list])).toEqual({ type: 'subscribe_labels', labels: list })
        const request = { type: 'system_command', command, params }
        expect(readSocketIoRequest('system_command', [{ command, params }])).toEqual(request)
      }),
    )
  })

  it('is everything without types', () => {
    for (const event_types of [undefined, null, [], ['*'], ['bell', '*']])
      expect(readSocketIoRequest('subscribe', [{ event_types }])).toEqual({ type: 'subscribe', types: undefined })
  })

  it('is refused where its name is an object that has no text', () => {
    expect(() => readSocketIoRequest({ toString: 0 }, [])).toThrow('Unknown event: a name of type object')
  })

  it('is refused with a sentence, whatever else it is', () => {
    const events = ['subscribe', 'subscribe_labels', 'system_command', 'request_video_stream', 'error']
    const anyName = fc.oneof(fc.constantFrom(...events), fc.string(), fc.anything())
    fc.assert(
      fc.property(anyName, fc.array(fc.anything()), (name, args) => {
        try {
          readSocketIoRequest(name, args)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
          expect(String(error).length).toBeLessThan(400)
        }
      }),
    )
  })
})

describe('two subscriptions of a client', () => {
  it('are one of all their types, each once', () => {
    expect(joinTypes([], ['a', 'b'])).toEqual(['a', 'b'])
    expect(joinTypes(['a', 'b'], ['b', 'c'])).toEqual(['a', 'b', 'c'])
    expect([joinTypes(undefined, ['a']), joinTypes(['a'], undefined)]).toEqual([undefined, undefined])
  })

  it('have no more of them than one', () => {
    const many = Array.from({ length: 100 }, (_, n) => `t${n}`)
    expect(() => joinTypes(many, ['one more'])).toThrow('event_types: at most 100 may be named')
  })
})
