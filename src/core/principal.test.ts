import { expect, it } from 'vitest'
import { forgetEnd, type Principal, systemPrincipal, whenEnded } from './principal.ts'

const does = (principalEnded: () => void) => ({ principalEnded })

function somebody() {
  const end = new AbortController()
  const principal: Principal = { id: 'user:1', name: 'Ada', kind: 'user', grants: [], ended: end.signal }
  return { principal, end }
}

it('tells everybody who asked when a principal ends, once, but not who has left', () => {
  const { principal, end } = somebody()
  const told: string[] = []
  const left = does(() => told.push('left'))
  whenEnded(
    principal,
    does(() => told.push('first')),
  )
  whenEnded(principal, left)
  whenEnded(
    { ...principal },
    does(() => told.push('the same, by its signal')),
  )
  forgetEnd(principal, left)
  end.abort('revoked')
  whenEnded(
    principal,
    does(() => told.push('too late')),
  )
  expect(told).toEqual(['first', 'the same, by its signal'])
})

it('forgets one that leaves while the others are told', () => {
  const { principal, end } = somebody()
  const told: string[] = []
  const second = does(() => told.push('second'))
  whenEnded(
    principal,
    does(() => forgetEnd(principal, second)),
  )
  whenEnded(principal, second)
  end.abort('revoked')
  expect(told).toEqual([])
})

it('adds and removes ten thousand listeners of one principal in constant time each', () => {
  const { principal } = somebody()
  let added = 0
  principal.ended.addEventListener = () => added++
  const listeners = Array.from({ length: 10_000 }, () => does(() => {}))
  for (const listener of listeners) whenEnded(principal, listener)
  for (const listener of listeners) forgetEnd(principal, listener)
  expect(added).toBe(1)
})

it('keeps no listener of the system, which never ends', () => {
  const principal = systemPrincipal('the demo', [])
  principal.ended.addEventListener = () => expect.fail('it would be kept for ever')
  whenEnded(
    principal,
    does(() => {}),
  )
})
