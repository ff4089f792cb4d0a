import { expect, it } from 'vitest'
import { ManualClock, START } from '../../test/support/manual-clock.ts'
import { ActivePrincipals } from './active-principals.ts'
import { anonymousGrants } from './permissions.ts'

function make() {
  const clock = new ManualClock()
  const principals = new ActivePrincipals(clock)
  let described = 0
  const of = (credential: string, expiresAt?: number) =>
    principals.of(credential, () => {
      described++
      return { id: credential, name: credential, kind: 'user', grants: anonymousGrants('view'), expiresAt }
    })
  return { clock, principals, of, described: () => described }
}

it('all with one credential share a principal, until it is ended', () => {
  const { principals, of, described } = make()
  const first = of('a')
  expect(of('a')).toBe(first)
  const other = of('b')
  principals.end('a', 'signed out')
  expect([first.ended.aborted, first.ended.reason, other.ended.aborted]).toEqual([true, 'signed out', false])
  const next = of('a')
  expect(next).not.toBe(first)
  expect(next.ended.aborted).toBe(false)
  expect(described()).toBe(3)
})

it('one that may be many people is known as such', () => {
  const shared = { id: 'link', name: 'a link', kind: 'link', grants: [], isShared: true } as const
  expect(make().principals.of('link', () => shared)).toMatchObject(shared)
})

it('one whose time is over is ended within a quarter of a second', () => {
  const { clock, of } = make()
  const principal = of('a', START + 10_100)
  const lasting = of('b')
  clock.advance(10_000)
  expect(principal.ended.aborted).toBe(false)
  clock.advance(350)
  expect([principal.ended.aborted, principal.ended.reason]).toEqual([true, 'its time is over'])
  expect(lasting.ended.aborted).toBe(false)
})

it('one that is used lives on', () => {
  const { clock, principals, of } = make()
  const principal = of('a', START + 1000)
  principals.extend('a', START + 5000)
  clock.advance(4900)
  expect(principal.ended.aborted).toBe(false)
  clock.advance(400)
  expect(principal.ended.aborted).toBe(true)
})

it('is watched over again after nobody was about, and no longer once it is closed', () => {
  const { clock, principals, of } = make()
  of('a', START + 100)
  clock.advance(1000)
  const second = of('b', START + 2000)
  clock.advance(1300)
  expect(second.ended.aborted).toBe(true)
  const third = of('c', START + 5000)
  principals.close()
  clock.advance(10_000)
  expect(third.ended.aborted).toBe(false)
})

it('ending what is not there is no error', () => {
  const { principals } = make()
  principals.end('nobody', 'x')
  principals.extend('nobody', 5)
})
