import { expect, it } from 'vitest'
import { textOf, urlEncodedFields } from './utf8.ts'

it('takes UTF-8 and nothing that is only nearly so, and names the field', () => {
  expect(textOf('key', new TextEncoder().encode('\ufeffKüche 廚房'))).toBe('Küche 廚房')
  for (const bytes of [[0x4b, 0xfc], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xff]])
    expect(() => textOf('key', Uint8Array.from(bytes))).toThrow('key: is not UTF-8')
})

it('takes the fields of a form, and refuses one that is not UTF-8 by its name', () => {
  const read = (text: string) => urlEncodedFields(new TextEncoder().encode(text))
  expect([...read('a=K%C3%BCche+1&b=%EF%BF%BD&c=%zz&d')]).toEqual([
    ['a', 'Küche 1'],
    ['b', '\ufffd'],
    ['c', '%zz'],
    ['d', ''],
  ])
  expect(() => read('a=1&username=K%FCche')).toThrow('username: is not UTF-8')
})
