import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACTIONS, ALL, covers, type Grant, may, mayAny, type Scope, scopesFor, type Target } from './authorization.ts'
import { systemPrincipal } from './principal.ts'

const word = fc.constantFrom('a', 'b', 'ab', 'ba')
const target: fc.Arbitrary<Target> = fc.record(
  { label: fc.option(word, { nil: undefined }), key: fc.option(word, { nil: undefined }) },
  { requiredKeys: [] },
)
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant(ALL),
  fc.record({ kind: fc.constant('labels' as const), labels: fc.array(word) }),
  fc.record({
    kind: fc.constant('patterns' as const),
    patterns: fc.array(fc.constantFrom('*a', 'a*', 'b', '?', '**')),
  }),
  fc.record({
    kind: fc.constant('streams' as const),
    streams: fc.array(fc.record({ label: word, key: fc.option(word, { nil: undefined }) })),
  }),
)
const grants: fc.Arbitrary<Grant[]> = fc.array(fc.record({ actions: fc.subarray([...ACTIONS]), scope }), {
  maxLength: 4,
})

describe('grants', () => {
  it('allow what one of them allows, where its scope covers it', () => {
    fc.assert(
      fc.property(grants, fc.constantFrom(...ACTIONS), target, (held, action, thing) => {
        const scopes = scopesFor({ grants: held }, action)
        expect(may({ grants: held }, action, thing)).toBe(scopes.some((each) => covers(each, thing)))
        if (may({ grants: held }, action, thing)) expect(mayAny({ grants: held }, action, thing.label)).toBe(true)
        expect(mayAny({ grants: held }, action)).toBe(scopes.length > 0)
      }),
    )
  })

  it('are the same after they were written down', () => {
    fc.assert(
      fc.property(grants, fc.constantFrom(...ACTIONS), target, (held, action, thing) => {
        const read: Grant[] = JSON.parse(JSON.stringify(held))
        expect(may({ grants: read }, action, thing)).toBe(may({ grants: held }, action, thing))
        expect(mayAny({ grants: read }, action, thing.label)).toBe(mayAny({ grants: held }, action, thing.label))
      }),
    )
  })

  it('of none allow nothing', () => {
    for (const action of ACTIONS)
      expect([may({ grants: [] }, action, {}), mayAny({ grants: [] }, action)]).toEqual([false, false])
  })

  it('cover what has no label for all alone', () => {
    const everything: Scope[] = [
      { kind: 'labels', labels: ['*', ''] },
      { kind: 'patterns', patterns: ['**', '?*', ''] },
      { kind: 'streams', streams: [{ label: '' }, { label: '*', key: '*' }] },
    ]
    for (const thing of [{}, { key: 'a' }]) {
      expect(covers(ALL, thing)).toBe(true)
      for (const each of everything) expect(covers(each, thing)).toBe(false)
    }
  })

  it('of many labels cover these and no other', () => {
    const many: Scope = { kind: 'labels', labels: Array.from({ length: 500 }, (_, i) => `label ${i}`) }
    for (const label of ['label 0', 'label 499']) expect(covers(many, { label })).toBe(true)
    for (const label of ['label 500', 'label', '']) expect(covers(many, { label })).toBe(false)
  })
})

describe('a scope of streams', () => {
  it('covers what one of its entries covers, however many entries name a label', () => {
    const entry = fc.record({ label: word, key: fc.option(word, { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(entry), target, (streams, { label, key }) => {
        const isMeant = streams.some((each) => each.label === label && (each.key === undefined || each.key === key))
        expect(covers({ kind: 'streams', streams }, { label, key })).toBe(isMeant)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a principal of the system', () => {
  it('may what it was given', () => {
    const demo = systemPrincipal('the demo', [{ actions: ['publish'], scope: { kind: 'labels', labels: ['demo'] } }])
    expect(demo).toMatchObject({ id: 'system:the demo', name: 'the demo', kind: 'system' })
    expect(demo.ended.aborted).toBe(false)
    expect(may(demo, 'publish', { label: 'demo', key: 'x' })).toBe(true)
    for (const [action, thing] of [
      ['publish', { label: 'x' }],
      ['publish', {}],
      ['view', { label: 'demo' }],
    ] as const)
      expect(may(demo, action, thing)).toBe(false)
  })
})
