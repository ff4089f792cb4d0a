import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExact } from './exact-numbers.ts'
import { jsonFields } from './json-fields.ts'
import { asSent, JsonText, textToKeep, withFields, writeJson } from './json-text.ts'

/** What people send: numbers that no double holds, any escapes, and space where JSON allows it. */
const { text: jsonText } = fc.letrec<{ text: string; fields: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom('1610521604143693812', '1e400', '-0', '1.0', '1.10', '0.1e-999', 'null', 'true', '"--IMG--"'),
    fc.bigInt().map(String),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.array(tie('text'), { maxLength: 4 }).map((each) => `[${each.join(' ,\n')}]`),
    tie('fields'),
  ),
  fields: fc
    .array(fc.tuple(fc.string({ unit: 'binary' }), tie('text')), { maxLength: 4 })
    .map((fields) => `{ ${fields.map(([name, text]) => `${JSON.stringify(name)}\t: ${text} `).join(',')}}`),
}))

describe('a JSON text that is passed on', () => {
  it('is in the document to the letter, wherever it is, among whatever values', () => {
    fc.assert(
      fc.property(fc.array(jsonText), fc.jsonValue(), (texts, value) => {
        const parts = texts.map((text) => [value, new JsonText(text)])
        const written = writeJson({ value, parts })
        const each = texts.map((text) => `[${JSON.stringify(value)},${text}]`)
        expect(written).toBe(`{"value":${JSON.stringify(value)},"parts":[${each.join()}]}`)
      }),
    )
  })

  it('is a field behind the others, or the only one', () => {
    expect(withFields('{"a":1}', { b: '2.0', c: undefined })).toBe('{"a":1,"b":2.0}')
    expect(withFields('{}', { b: '2.0', c: '3.0' })).toBe('{"b":2.0,"c":3.0}')
    expect(withFields('{}', {})).toBe('{}')
  })

  it('is a value for those who know no better', () => {
    expect(JSON.stringify([new JsonText('{"a": 1.0}')])).toBe('[{"a":1}]')
  })

  it('is kept only where its value would be written otherwise', () => {
    expect(textToKeep('{"a":1}', { a: 1 })).toBeUndefined()
    expect(textToKeep('1e400', Number.POSITIVE_INFINITY)).toBe('1e400')
    expect(writeJson(asSent(5, undefined))).toBe('5')
    expect(writeJson(asSent(5, '5.0'))).toBe('5.0')
  })

  it('is one in whose place an error leaves nothing behind', () => {
    const failing = { toJSON: () => expect.fail('no JSON') }
    expect(() => writeJson([new JsonText('1'), failing])).toThrow('no JSON')
    expect(writeJson([new JsonText('2.0')])).toBe('[2.0]')
  })
})

describe('the fields of an object', () => {
  it('are as they were written, the last one of each name', () => {
    const field = fc.tuple(fc.string({ unit: 'binary' }), jsonText)
    fc.assert(
      fc.property(fc.array(field), fc.constantFrom('', ' ', '\n\t'), (fields, space) => {
        const written = fields.map(([name, text]) => `${space}${JSON.stringify(name)}${space}:${space}${text}${space}`)
        expect(jsonFields(`${space}{${written.join()}${space}}`)).toEqual(new Map(fields))
      }),
    )
  })
})

describe('numbers', () => {
  it.each([
    ['1610521604143693812', '1610521604143693812'],
    ['-9007199254740993', '-9007199254740993'],
    ['1e400', '1e400'],
    ['1E-400', '1E-400'],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['9007199254740991', 9007199254740991],
    ['0.10000000149011612', 0.10000000149011612],
    ['0e999', 0],
    ['1.50', 1.5],
  ])('%s is %j', (text, value) => {
    expect(parseExact(text)).toBe(value)
    expect(parseExact(`{"a\\"1e400": [${text}, "${text}"]}`)).toEqual({ 'a"1e400': [value, text] })
  })

  it('are read as everybody reads them where a double holds them, and all else too', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        const asText = (_name: string, each: unknown) =>
          Number.isInteger(each) && !Number.isSafeInteger(each) && /^-?\d+$/.test(String(each)) ? String(each) : each
        expect(parseExact(text)).toEqual(JSON.parse(text, asText))
      }),
    )
  })
})
