import { expect, it } from 'vitest'
import { anyone } from '../../test/support/hub.ts'
import type { EventPage } from './event-store.ts'
import { SharedPage } from './shared-page.ts'

const PAGE: EventPage = { events: [], position: '2-0', epoch: '1-0', hasMore: false }
const START = { after: '1-0', epoch: '1-0', limit: 10 } as const

function make(isInMemory = true) {
  const next: (() => void)[] = []
  let reads = 0
  const read = () => {
    reads++
    return isInMemory ? { ...PAGE } : undefined
  }
  const shared = new SharedPage({ read, inNextTurn: (action) => next.push(action) })
  const turn = () => next.splice(0).forEach((action) => void action())
  return { shared, turn, reads: () => reads }
}

it('is read once for all who of one principal who stand at the same place, in one turn of the event loop', () => {
  const { shared, turn, reads } = make()
  const first = shared.read(anyone, START)
  expect(shared.read(anyone, { ...START })).toBe(first)
  expect(reads()).toBe(1)
  turn()
  expect(shared.read(anyone, START)).not.toBe(first)
})

it('is read again for whoever stands elsewhere, wants something else or is somebody else, and after news', () => {
  const { shared, reads } = make()
  shared.read(anyone, START)
  const others = [{ after: '3-0' }, { epoch: '2-0' as const }, { filter: {} }, { limit: 11 }, { bytes: 5 }]
  for (const other of others) shared.read(anyone, { ...START, ...other })
  shared.read({ ...anyone }, START)
  expect(reads()).toBe(7)
  shared.read(anyone, START)
  shared.forget()
  shared.read(anyone, START)
  expect(reads()).toBe(9)
})

it('is nothing where it is not all in memory', () => {
  const { shared } = make(false)
  expect(shared.read({ ...anyone }, START)).toBe(undefined)
})
