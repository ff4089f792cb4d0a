import { expect, it } from 'vitest'
import { LruMap } from './lru-map.ts'

it('keeps the entries that were set last', () => {
  const map = new LruMap<string, number>(2)
  expect([map.set('a', 1), map.set('b', 2), map.set('a', 3)]).toEqual([undefined, undefined, undefined])
  expect(map.set('c', 4)).toEqual(['b', 2])
  expect([map.get('a'), map.has('b'), map.get('c')]).toEqual([3, false, 4])
  expect([...map.values()]).toEqual([3, 4])
})

it('does not take what is read for recent, and has room again for what is deleted', () => {
  const map = new LruMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.get('a')
  expect(map.set('c', 3)).toEqual(['a', 1])
  map.delete('b')
  expect(map.set('d', 4)).toBeUndefined()
})
