import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyone, frameInput, makeHub } from '../../test/support/hub.ts'
import type { Grant } from './authorization.ts'
import { largestDemand } from './demand.ts'
import { IMAGES } from './frame.ts'
import type { Principal } from './principal.ts'
import { matches } from './stream-name.ts'
import { WatchIndex } from './watch-index.ts'

const names = fc.record({ label: fc.constantFrom('a', 'b'), key: fc.constantFrom('1', '2') })
const target = fc.oneof(fc.constant({}), fc.record({ label: fc.constantFrom('a', 'b') }), names)
const options = fc.record({
  maxFps: fc.option(fc.nat(30), { nil: undefined }),
  width: fc.option(fc.nat(9), { nil: undefined }),
})
const step = fc.record({ number: fc.nat(5), watch: fc.option(fc.tuple(target, options), { nil: undefined }) })

describe('an index of watches', () => {
  it('finds what all watches of a stream want together, as looking at each of them does', () => {
    fc.assert(
      fc.property(fc.array(step), names, (steps, name) => {
        const index = new WatchIndex()
        const plain = new Map<number, object>()
        for (const { number, watch } of steps) {
          if (watch === undefined) {
            index.delete(number)
            plain.delete(number)
            continue
          }
          const wanted = { ...watch[0], ...watch[1] }
          index.set(number, wanted)
          plain.set(number, wanted)
        }
        const fitting = [...plain.values()].filter((watch) => matches(watch, name))
        const expected = fitting.length > 0 ? largestDemand(fitting) : undefined
        const { maxFps, width } = index.demandFor(name) ?? {}
        expect(index.size).toBe(plain.size)
        expect(index.demandFor(name) === undefined).toBe(expected === undefined)
        expect({ maxFps, width }).toEqual({ maxFps: expected?.maxFps, width: expected?.width })
      }),
    )
  })
})

/** Someone who may see this, and how often that was asked. */
function counted(grants: readonly Grant[]) {
  const asked = { times: 0 }
  const principal: Principal = {
    ...anyone,
    get grants() {
      asked.times++
      return grants
    },
  }
  return { asked, principal }
}

describe('a viewer with a thousand watches', () => {
  const STREAMS = 300

  function open(grants: readonly Grant[]) {
    const { hub } = makeHub({ streams: { max: 1000, share: 1000 } })
    const accept = (key: number, id: number) => hub.accept(anyone, frameInput('site', `${key}`), `${id}-0`, id, 'test')
    for (let i = 0; i < STREAMS; i++) accept(i, 1)
    const { asked, principal } = counted(grants)
    const viewer = hub.watch(principal, { dialect: 'test', accepts: IMAGES, wake() {} })
    return { viewer, asked, accept }
  }

  it('asks only for the labels it may see: a share link of one stream elsewhere asks for none of them', () => {
    const { viewer, asked } = open([
      { actions: ['view'], scope: { kind: 'streams', streams: [{ label: 'x', key: 'y' }] } },
    ])
    for (let i = 0; i < 1000; i++) viewer.watch(i, {})
    expect(asked.times).toBeLessThan(5000)
    expect(viewer.streams).toEqual([])
  })

  it('asks for one stream when it watches one, and when one of them changes', () => {
    const { viewer, asked, accept } = open([{ actions: ['view'], scope: { kind: 'labels', labels: ['site'] } }])
    for (let i = 0; i < 1000; i++) viewer.watch(i, { label: 'site', key: `${i % STREAMS}` })
    expect(asked.times).toBeLessThan(5000)
    const before = asked.times
    accept(STREAMS, 2)
    accept(1, 2)
    expect(asked.times - before).toBeLessThan(10)
    for (let i = 0; i < 1000; i++) viewer.unwatch(i)
    expect(viewer.streams).toEqual([])
  })
})
