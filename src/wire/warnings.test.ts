import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWarnings, warningLines, warningNames } from './warnings.ts'

describe('readWarnings', () => {
  it('reads names and counts', () => {
    expect(readWarnings({ warning_no_hardhat: { count: 2 }, warning_close_to_machinery: true })).toEqual([
      { name: 'no_hardhat', count: 2 },
      { name: 'close_to_machinery', count: undefined },
    ])
  })

  it('reads the lines of first-generation detectors, and their ways to say that there is none', () => {
    expect(readWarnings('Someone without a hardhat\nToo close')).toEqual([
      { name: 'Someone without a hardhat', count: undefined },
      { name: 'Too close', count: undefined },
    ])
    for (const none of ['No warning', '無警告', "Pas d'avertissement", '', '\n']) expect(readWarnings(none)).toEqual([])
  })

  it('makes one of what is sent more than once', () => {
    expect(readWarnings('Too close\nToo close')).toEqual([{ name: 'Too close', count: undefined }])
    expect(readWarnings([{ smoke: 3 }, 'fire', { smoke: 2 }, 'fire'])).toEqual([
      { name: 'smoke', count: 5 },
      { name: 'fire', count: undefined },
    ])
  })

  it('finds none in what is empty', () => {
    for (const none of [undefined, null, {}, []]) expect(readWarnings(none)).toEqual([])
  })

  it('keeps what it does not know', () => {
    expect(readWarnings({ smoke: 'north tower' })).toEqual([{ name: 'smoke: north tower', count: undefined }])
    expect(readWarnings(['fire', { smoke: 3 }])).toEqual([
      { name: 'fire', count: undefined },
      { name: 'smoke', count: 3 },
    ])
    expect(readWarnings(7)).toEqual([{ name: '7', count: undefined }])
  })

  it('does not warn of what was counted as none', () => {
    expect(readWarnings({ warning_no_hardhat: { count: 0 }, warning_smoke: 0, warning_fire: false })).toEqual([])
  })

  it.each([
    '[]',
    '""',
    '"0"',
    '0',
    '{}',
    '"none"',
    '"OK"',
    '" Ok. "',
    '{"count": 0}',
    '{"count": "None"}',
    'null',
    '["none"]',
  ])(
    'has no warning where %s stands for one, nor where it is all that was sent, and nobody else sees one there',
    (none) => {
      for (const text of [none, `{"warning_no_hardhat":${none}}`, `[{"WARNING_NO_HARDHAT":${none}}]`]) {
        expect(readWarnings(JSON.parse(text))).toEqual([])
        expect(warningNames(text)).toEqual([])
        expect(warningLines(text)).toEqual([])
      }
    },
  )

  it.each([
    ...['1', '"1"', '"yes"', 'true', '[[1,2]]', '{"at":[]}', '{"count":1}', '-1', '[0]', '[[0,0,0,0]]', '[{"id":0}]'],
    ...['"none of them wear hats"', '"OK?"', '"no"', '"0 of 3"', '[null,"OK",0]'],
  ])('has one where %s does', (some) => {
    const text = `{"warning_no_hardhat":${some}}`
    expect(readWarnings(JSON.parse(text))).toHaveLength(1)
    expect(warningNames(text)).toHaveLength(1)
    expect(warningLines(text)).toHaveLength(1)
  })

  it('has each warning of a list of names, whatever is called "count" among them', () => {
    expect(readWarnings({ count: 0, warning_no_hardhat: 2 })).toEqual([{ name: 'no_hardhat', count: 2 }])
    expect(readWarnings([{ count: 0 }, { count: 'none', fire: 1 }])).toEqual([{ name: 'fire', count: 1 }])
  })

  it('has a name for each, which is no text of NUL', () => {
    const names = (text: string) => readWarnings(JSON.parse(text)).map(({ name }) => name)
    expect(names('{"":1,"warning_":{"at":[1]},"\\u0000unchanged":2}')).toEqual([
      'warning',
      'warning: {"at":[1]}',
      'unchanged',
    ])
  })

  it('has none where each line says so, however its letters are composed', () => {
    const vietnamese = 'Không có cảnh báo'
    for (const none of ['OK\r\nok', 'None\n\nNo warnings!', 'Pas d’avertissement', 'ＯＫ', vietnamese.normalize('NFD')])
      expect(readWarnings(none)).toEqual([])
  })

  it('takes any JSON, and whether there is a warning is the same in every form of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        const hasWarning = readWarnings(JSON.parse(text)).length > 0
        expect([warningLines(text).length > 0, warningNames(text).length > 0]).toEqual([hasWarning, hasWarning])
        for (const { name } of readWarnings(JSON.parse(JSON.stringify(value)))) expect(typeof name).toBe('string')
      }),
    )
  })
})

describe('warningLines', () => {
  it.each([
    ['{"warning_no_hardhat": {"count": 2}, "close_to_machinery": true}', ['no hardhat: 2', 'close to machinery']],
    ['{"note": "look left"}', ['note: look left']],
    ['{}', []],
    ['', []],
    ['No warning', []],
    ['無警告', []],
    ["Pas d'avertissement", []],
    ['first line\nsecond line', ['first line', 'second line']],
    ['No warning\nbut this', ['No warning', 'but this']],
    ['{broken', ['{broken']],
  ])('%j becomes %j', (text, lines) => {
    expect(warningLines(text)).toEqual(lines)
  })
})

describe('warningNames', () => {
  it('names them without counts, also from a text that is no JSON', () => {
    expect(warningNames('{"warning_no_hardhat": {"count": 2}, "warning_fire": {"count": 0}}')).toEqual(['no_hardhat'])
    expect(warningNames('Too close\nNo hardhat')).toEqual(['Too close', 'No hardhat'])
    expect(warningNames('')).toEqual([])
  })

  it('does little work for whatever text', () => {
    expect(warningNames(`"${'x'.repeat(1_000_000)}"`)).toEqual([`"${'x'.repeat(199)}`])
    expect(warningNames(JSON.stringify(Array.from({ length: 999 }, (_, i) => String(i))))).toHaveLength(20)
  })
})
