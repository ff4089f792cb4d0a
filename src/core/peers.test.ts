import { expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { NO_DEMAND } from './demand.ts'
import type { NodeState } from './node-state.ts'
import { Peers } from './peers.ts'
import { streamId } from './stream-name.ts'

const NAME = { label: 'site', key: 'gate' }
const GATE = streamId(NAME)
const watching = (viewers: number, maxFps: number | undefined): NodeState => ({
  viewers,
  watched: [{ name: NAME, demand: { ...NO_DEMAND, viewers, maxFps, kinds: ['image'] } }],
  fed: [],
})
const feeding = (reason: string): NodeState => ({
  viewers: 0,
  watched: [],
  fed: [{ name: NAME, condition: { state: 'idle', reason } }],
})

it('what all others want is put together', () => {
  const peers = new Peers(new ManualClock(), 6000)
  expect(peers.heard('b', watching(2, 5))).toBe(true)
  expect(peers.heard('c', watching(1, undefined))).toBe(true)
  expect(peers.heard('c', watching(3, undefined))).toBe(false)
  expect([peers.count, peers.viewers]).toEqual([2, 5])
  expect(peers.watched.get(GATE)?.demand).toMatchObject({ viewers: 5, maxFps: undefined, kinds: ['image'] })
  expect(peers.left('c')).toBe(true)
  expect(peers.left('c')).toBe(false)
  expect(peers.watched.get(GATE)?.demand).toMatchObject({ viewers: 2, maxFps: 5 })
})

it('who says nothing more is forgotten after its lease', () => {
  const clock = new ManualClock()
  const peers = new Peers(clock, 6000)
  peers.heard('b', feeding('nobody watches'))
  clock.advance(5999)
  expect(peers.expire()).toBe(false)
  clock.advance(1)
  expect([peers.expire(), peers.count, peers.fed.size]).toEqual([true, 0, 0])
})

it('of two that feed the same stream the first counts', () => {
  const peers = new Peers(new ManualClock(), 6000)
  peers.heard('b', feeding('first'))
  peers.heard('c', feeding('second'))
  expect([...peers.fed.values()]).toMatchObject([{ name: NAME, condition: { reason: 'first' } }])
})

it('while nothing can be heard their viewers do not count, and their streams stay listed until they could have spoken', () => {
  const clock = new ManualClock()
  const peers = new Peers(clock, 6000)
  peers.heard('b', { ...watching(2, 5), ...{ fed: feeding('x').fed } })
  peers.lost()
  expect([peers.viewers, peers.watched.size, peers.fed.size]).toEqual([0, 0, 1])
  clock.advance(60_000)
  peers.found()
  expect([peers.expire(), peers.fed.size]).toEqual([false, 1])
  clock.advance(6000)
  expect([peers.expire(), peers.fed.size]).toEqual([true, 0])
})
