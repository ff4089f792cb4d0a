import { expect, it } from 'vitest'
import { MAX_JSON_DEPTH, readJson } from './json-body.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

it('a body is read as JSON, with a byte order mark or without', () => {
  expect(readJson(bytes('{"a":[1,"ü",null]}'))).toEqual({ a: [1, 'ü', null] })
  expect(readJson(bytes('\ufeff"text"'))).toBe('text')
})

it('a body that is no JSON is refused with a sentence', () => {
  for (const text of ['', '{', '{"a":1}}', 'a=b'])
    expect(() => readJson(bytes(text)), text).toThrow(/body: is not JSON/)
  expect(() => readJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('body: is not UTF-8')
})

it('a body may nest so deep and no deeper', () => {
  const nested = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth))
  expect(readJson(nested(MAX_JSON_DEPTH))).toBeInstanceOf(Array)
  expect(() => readJson(nested(MAX_JSON_DEPTH + 1))).toThrow('body: nests deeper than 20 levels')
  expect(() => readJson(nested(100_000))).toThrow('body: nests deeper than 20 levels')
})
