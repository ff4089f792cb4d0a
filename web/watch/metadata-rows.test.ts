import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { MOST_ROWS, metadataRows } from './metadata-rows.ts'

const NONE: ReadonlySet<string> = new Set()

describe('metadataRows', () => {
  it('gives a row to each value and one to each group', () => {
    const rows = metadataRows(
      [
        ['exposure', 12.5],
        ['beam', { x: 1, unit: 'mm' }],
      ],
      NONE,
    )
    expect(rows.map(({ name, text, depth, kind }) => [depth, name, text, kind])).toEqual([
      [0, 'exposure', '12.5', 'number'],
      [0, 'beam', '2', 'group'],
      [1, 'x', '1', 'number'],
      [1, 'unit', 'mm', 'text'],
    ])
  })

  it('closes and opens what the user touched, by its path', () => {
    const entries: [string, Json][] = [['a', { b: { c: 1 } }]]
    expect(metadataRows(entries, NONE).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(metadataRows(entries, new Set(['/a/b'])).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(metadataRows(entries, new Set(['/a'])).map(({ name }) => name)).toEqual(['a'])
  })

  it('tells names apart that hold a slash', () => {
    const rows = metadataRows(
      [
        ['a/b', { c: 1 }],
        ['a', { b: { c: 1 } }],
      ],
      new Set(['/a/b']),
    )
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length)
  })

  it('writes a list of numbers in one line, a long one with how many there are', () => {
    const long = Array.from({ length: 1024 }, (_, i) => i)
    const rows = metadataRows(
      [
        ['short', [1, 2.123456789]],
        ['long', long],
      ],
      NONE,
    )
    expect(rows.map(({ text }) => text)).toEqual(['[1, 2.1235]', '[0, 1, 2, 3, 4, 5, … 1024]'])
  })

  it('says of a profile how many values it has, and the smallest and largest', () => {
    const profile = Array.from({ length: 640 }, (_, i) => (i === 3 ? null : Math.sin(i)))
    const [row, short, empty, mixed] = metadataRows(
      [
        ['profile', profile],
        ['short', profile.slice(0, 16)],
        ['empty', Array(20).fill(null)],
        ['mixed', [...profile, 'end']],
      ],
      NONE,
    )
    expect(row).toMatchObject({ kind: 'profile', profile: { values: profile, range: { min: '-1', max: '1' } } })
    expect(empty).toMatchObject({ kind: 'profile', profile: { values: Array(20).fill(null), range: undefined } })
    expect([short, mixed].map((each) => each?.kind)).toEqual(['list', 'list'])
  })

  it('stays small and does not fail, however large, deep or odd the metadata is', () => {
    let deep: Json = 1
    for (let i = 0; i < 50_000; i++) deep = { in: deep }
    const wide = Array.from({ length: 100_000 }, (_, i) => ({ i }))
    const every = { has: () => true, size: 1 } as unknown as ReadonlySet<string>
    for (const toggled of [NONE, every])
      expect(
        metadataRows(
          [
            ['deep', deep],
            ['wide', wide],
          ],
          toggled,
        ).length,
      ).toBeLessThanOrEqual(MOST_ROWS)
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const entries: [string, Json][] = Object.entries(JSON.parse(JSON.stringify(value)))
        expect(metadataRows(entries, every).length).toBeLessThanOrEqual(MOST_ROWS)
      }),
    )
  })
})
