import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../core/errors.ts'
import {
  decodeImgMessage,
  encodeImgHeader,
  encodeImgMessage,
  type HeaderLimits,
  MAX_HEADER_BYTES,
  MAX_HEADER_DEPTH,
} from './img-message.ts'

const DELIMITER = '--IMG--'

/** Texts that could confuse a parser. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(DELIMITER, '--IMG', 'IMG--', '-', '"', '\\', '{', '}', ']', '\ud800', '😀'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''))
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(nasty, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(nasty, tie('value'), { maxKeys: 4 }),
  ),
}))
const headers = fc.dictionary(nasty, json, { maxKeys: 6 })

describe('a message that we write', () => {
  test('is read back, whatever header and picture', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 100 }), (header, image) => {
        const decoded = decodeImgMessage(encodeImgMessage(header, image))
        expect(decoded.header).toEqual(JSON.parse(JSON.stringify(header)))
        expect(decoded.image).toEqual(image)
      }),
    )
  })

  test('has the delimiter exactly once before the picture, at the very end', () => {
    fc.assert(
      fc.property(headers, (header) => {
        const text = new TextDecoder().decode(encodeImgHeader(header))
        expect(text.indexOf(DELIMITER)).toBe(text.length - DELIMITER.length)
        expect(JSON.parse(text.slice(0, -DELIMITER.length))).toEqual(JSON.parse(JSON.stringify(header)))
      }),
    )
  })

  test('escapes delimiters that share their dashes', () => {
    const text = new TextDecoder().decode(encodeImgHeader({ a: '--IMG--IMG--' }))
    expect(text).toBe('{"a":"\\u002d-IMG\\u002d-IMG--"}--IMG--')
  })

  test('is the header, then the picture', () => {
    const image = Uint8Array.of(1, 2, 3)
    expect(encodeImgMessage({ id: '5-0' }, image)).toEqual(
      new Uint8Array(Buffer.concat([encodeImgHeader({ id: '5-0' }), image])),
    )
  })
})

describe('a message from elsewhere', () => {
  test('may hold the delimiter unescaped in a string of its header', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 30 }), (header, image) => {
        const decoded = decodeImgMessage(message(JSON.stringify(header), image))
        expect(decoded.header).toEqual(JSON.parse(JSON.stringify(header)))
        expect(decoded.image).toEqual(Buffer.from(image))
      }),
    )
  })

  test("may be written by Python's json.dumps, or indented, with white space around", () => {
    const text =
      ' {"label": "\\u5de5\\u5730 \\ud83d\\ude00", "key": "c\\"1\\\\", "width": 0, "x": [1.0, {}, null]}\r\n\t '
    expect(decodeImgMessage(message(text)).header).toEqual({
      label: '工地 😀',
      key: 'c"1\\',
      width: 0,
      x: [1, {}, null],
    })
  })

  test('gives its picture as a view, which may hold delimiters or be empty', () => {
    const whole = message('{}', Buffer.from('--IMG--x'))
    const { image } = decodeImgMessage(whole)
    expect(image.buffer).toBe(whole.buffer)
    expect(Buffer.from(image).toString()).toBe('--IMG--x')
    expect(decodeImgMessage(message('{}')).image).toHaveLength(0)
  })

  test('has null for the numbers that Python writes and JSON does not have, which stay in its text', () => {
    const text = '{"a": [NaN, -Infinity], "b": "NaN\\""}'
    expect(decodeImgMessage(message(text))).toMatchObject({ header: { a: [null, null], b: 'NaN"' }, json: text })
  })

  test('keeps a field named __proto__ a plain field', () => {
    const { header } = decodeImgMessage(message('{"__proto__": {"admin": true}}'))
    expect(Object.hasOwn(header, '__proto__')).toBe(true)
    expect(header.admin).toBeUndefined()
  })
})

describe('what is refused as invalid', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'it is empty'],
    ['a picture alone', Buffer.of(0xff, 0xd8, 0xff), 'must begin with a JSON object'],
    ['an array', message('[1]'), 'must begin with a JSON object'],
    ['a text', message('"{}"'), 'must begin with a JSON object'],
    ['a byte order mark', message('\ufeff{}'), 'byte order mark'],
    ['a cut header', Buffer.from('{"a": "--IMG--'), 'has no end'],
    ['a string that ends in an escape', Buffer.from('{"a": "\\'), 'has no end'],
    ['no delimiter', Buffer.from('{"a": 1}'), 'must be followed by --IMG--'],
    ['a cut delimiter', Buffer.from('{"a": 1}--IMG-'), 'must be followed by --IMG--'],
    ['something before the delimiter', message('{"a": 1},'), 'must be followed by --IMG--'],
    ['brackets that do not match', message('{"a": [}}'), 'not valid JSON'],
    ['a value that JSON does not have', message('{"a": nan}'), 'not valid JSON'],
    ['invalid UTF-8', message(Buffer.from('7b2261223a22ff227d', 'hex')), 'not valid UTF-8'],
    ['UTF-8 of half a surrogate pair', message(Buffer.from('7b2261223a22eda080227d', 'hex')), 'not valid UTF-8'],
    ['nesting without end', message(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 'levels deep'],
  ])('%s', (_, bytes, reason) => {
    expect(refusal(bytes)).toMatchObject({ code: 'invalid', message: expect.stringContaining(reason) })
  })

  test('one level more than is allowed', () => {
    const nested = (levels: number) => message(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`)
    expect(decodeImgMessage(nested(MAX_HEADER_DEPTH)).image).toHaveLength(0)
    expect(refusal(nested(MAX_HEADER_DEPTH + 1)).code).toBe('invalid')
  })

  test('garbage, and never with anything but a Refusal', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', '-', DELIMITER, ' ', '\ufeff')
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(pieces).map((parts) => Buffer.from(parts.join(''))),
      fc.tuple(headers, fc.nat(), fc.nat(255)).map(([header, at, byte]) => {
        const bytes = encodeImgMessage(header, new Uint8Array(3))
        bytes[at % bytes.length] = byte
        return bytes
      }),
    )
    fc.assert(
      fc.property(garbage, (bytes) => {
        try {
          expect(decodeImgMessage(bytes).header).toBeTypeOf('object')
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a header as long as is allowed', () => {
  const long = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`

  test('is read', () => {
    expect(decodeImgMessage(message(long(MAX_HEADER_BYTES), Uint8Array.of(7))).image).toEqual(Buffer.of(7))
  })

  test('and one byte more is refused as too large, be it of JSON or of white space', () => {
    expect(refusal(message(long(MAX_HEADER_BYTES + 1))).code).toBe('too_large')
    expect(refusal(message(`${long(MAX_HEADER_BYTES)} `)).code).toBe('too_large')
  })
})

describe('a header with as many values as are allowed', () => {
  const list = (values: number) => message(JSON.stringify({ a: Array(values - 1).fill(0), s: ',,,[{' }))

  test('is read; commas and brackets in strings are no values', () => {
    expect(decodeImgMessage(list(9), { maxValues: 10 }).header).toHaveProperty('a.length', 8)
  })

  test('and one value more is refused before it is parsed, and the setting is named', () => {
    const refused = refusal(list(10), { maxValues: 10 })
    expect(refused).toMatchObject({ code: 'too_large', limit: 'frames.metadata_values' })
    expect(refused.message).toContain('10 values')
  })
})

function message(header: string | Uint8Array, image: Uint8Array = new Uint8Array()): Buffer {
  return Buffer.concat([typeof header === 'string' ? Buffer.from(header) : header, Buffer.from(DELIMITER), image])
}

function refusal(bytes: Uint8Array, limits: HeaderLimits = {}): Refusal {
  try {
    decodeImgMessage(bytes, limits)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('it was accepted')
}
