import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { checkJson, checkJsonText, isJsonObject, jsonOrText, parseJson, withoutNonNumbers } from './json.ts'

it('a text is read as JSON, or is itself', () => {
  expect([jsonOrText('{"a":[1]}'), jsonOrText('no vest')]).toEqual([{ a: [1] }, 'no vest'])
})

it('what is no JSON is refused with a sentence that names the field', () => {
  expect(parseJson('metadata_json', '{"a":1}', { maxDepth: 1 })).toEqual({ a: 1 })
  expect(() => parseJson('metadata_json', '{', { maxDepth: 1 })).toThrow(/^metadata_json: is not JSON \(.+\)$/)
})

it('a value may nest so deep and no deeper', () => {
  expect(() => checkJson('body', [{ a: 1 }], { maxDepth: 2 })).not.toThrow()
  expect(() => checkJson('body', [{ a: [] }], { maxDepth: 2 })).toThrow('body: nests deeper than 2 levels')
  expect(() => checkJson('body', 'text', { maxDepth: 0 })).not.toThrow()
  expect(() => parseJson('body', '['.repeat(100_000) + ']'.repeat(100_000), { maxDepth: 100 })).toThrow(
    'nests deeper than 100 levels',
  )
})

it('has null for NaN and the infinities outside of strings, and nothing else is changed', () => {
  const numbers = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  const texts = fc.constantFrom('NaN', '"-Infinity', '\\', '"')
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      numbers,
      texts,
      fc.integer(),
      fc.array(tie('value')),
      fc.dictionary(texts, tie('value')),
    ),
  }))
  fc.assert(
    fc.property(values.value, (value) => {
      expect(withoutNonNumbers(asPython(value))).toBe(JSON.stringify(value))
    }),
  )
  for (const text of ['"NaN', 'nan', '']) expect(withoutNonNumbers(text)).toBe(text)
})

/** As Python's `json.dumps` writes a value. */
function asPython(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(asPython).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}:${asPython(each)}`)
    .join()}}`
}

it('an object is neither a list nor null', () => {
  expect([{}, [], null, 'a', 1].map(isJsonObject)).toEqual([true, false, false, false, false])
})

it('may hold so many values at any depth, counted without looking at the rest', () => {
  const limits = { maxDepth: 3, maxValues: 4, setting: 'frames.metadata_values' }
  expect(parseJson('metadata_json', '{"a":[1,2]}', limits)).toEqual({ a: [1, 2] })
  for (const text of ['{"a":[1,2,3]}', '[[],[],[],[]]', `[${'"",'.repeat(100_000)}""]`])
    expect(() => parseJson('metadata_json', text, limits), text.slice(0, 20)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: 'metadata_json: at most 4 values (frames.metadata_values)',
        limit: 'frames.metadata_values',
      }),
    )
})

/** How many values a parsed one holds, with itself. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, each) => sum + count(each), 1)
}

it('values are counted in the text as they are in what it means, whatever the texts in it hold', () => {
  const pad = (text: string) => text + ' '.repeat(10_000)
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.integer({ min: 0, max: 3 }), (json, indent) => {
      const text = pad(JSON.stringify(JSON.parse(json), undefined, indent))
      const values = count(JSON.parse(json))
      expect(() => checkJsonText('body', text, { maxDepth: 9, maxValues: values })).not.toThrow()
      expect(() => checkJsonText('body', text, { maxDepth: 9, maxValues: values - 1 })).toThrow(/values/)
    }),
  )
})

it('a text with too many values is not parsed', () => {
  const parsed = vi.spyOn(JSON, 'parse')
  onTestFinished(() => parsed.mockRestore())
  const text = `[${'[],'.repeat(1000)}[]]`
  expect(() => parseJson('body', text, { maxDepth: 9, maxValues: 100, setting: 'x' })).toThrow('at most 100 values (x)')
  expect(parsed).not.toHaveBeenCalled()
})
