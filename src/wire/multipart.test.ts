import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Refusal } from '../core/errors.ts'
import { MAX_PARTS, readForm } from './multipart.ts'

const text = (value: string) => Buffer.from(value)
const TYPE = 'multipart/form-data; boundary=XyZ'

function shown(contentType: string, body: Buffer) {
  return readForm(contentType, body).map(({ name, isFile, bytes }) => [name, isFile, new TextDecoder().decode(bytes)])
}

describe('a form', () => {
  it('of the platform itself is read as it was written, whatever it holds', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !/[\r\n\p{Surrogate}]/u.test(each))
    const file = fc.uint8Array({ maxLength: 3000 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.oneof(fc.string(), file)), { maxLength: 10 }), async (fields) => {
        const form = new FormData()
        for (const [key, value] of fields) {
          if (typeof value === 'string') form.append(key, value)
          else form.append(key, new Blob([new Uint8Array(value)]), 'a "file".jpg')
        }
        const response = new Response(form)
        const parts = readForm(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer()))
        expect(parts.map((part) => [part.name, part.isFile, part.fileName])).toEqual(
          fields.map(([key, value]) =>
            typeof value === 'string' ? [key, false, undefined] : [key, true, 'a "file".jpg'],
          ),
        )
        for (const [i, [, value]] of fields.entries()) {
          // Line ends in a form's texts become CRLF (the HTML standard, "append an entry").
          const sent = typeof value === 'string' ? text(value.replace(/\r\n|\r|\n/g, '\r\n')) : value
          expect(Buffer.compare(parts[i]?.bytes ?? new Uint8Array(), sent)).toBe(0)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('may have a preamble, an epilogue, padding behind its boundaries and other headers', () => {
    const body =
      'preamble\r\n--XyZ \t\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: Form-Data; filename=a.jpg; name=b\r\n\r\nfile' +
      '\r\n--XyZ\r\nContent-Disposition: form-data; name="a\\"b%22c"\r\n\r\n\r\n--XyZ--\r\nepilogue'
    expect(shown(TYPE, text(body))).toEqual([
      ['b', true, 'file'],
      ['a"b"c', false, ''],
    ])
  })

  it('may hold what looks like its boundary', () => {
    const body = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n--XyZ\r--XyZ\n--XyZ \r\n-\r\n--Xy\r\n--XyZ--'
    expect(shown(TYPE, text(body))).toEqual([['a', false, '--XyZ\r--XyZ\n--XyZ \r\n-\r\n--Xy']])
  })

  it('names its boundary in quotes or not', () => {
    const body = text('--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--')
    expect(shown('multipart/form-data; charset=utf-8; Boundary="a b"', body)).toEqual([['x', false, '1']])
  })

  it.each([
    ['filename="../../etc/passwd"', '../../etc/passwd'],
    ['filename=""', ''],
    ['filename=plain.jpg', 'plain.jpg'],
    ['filename="a \\"quoted\\" one.jpg"', 'a "quoted" one.jpg'],
    ['filename="C:\\\\share\\"', 'C:\\\\share\\'],
    ['filename="; name=b"', '; name=b'],
    ["filename*=UTF-8''na%C3%AFve%20one.jpg", 'naïve one.jpg'],
    ['filename="both.jpg"; filename*=UTF-8\'\'other.jpg', 'both.jpg'],
    ["filename*=UTF-8''%C3.jpg", ''],
    ['filename*=x', ''],
    ['x=y', undefined],
  ])('tells the name of a file as it was sent: %s', (sent, name) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; name="a"; ${sent}\r\n\r\n1\r\n--XyZ--`)
    expect(readForm(TYPE, body)).toMatchObject([{ name: 'a', isFile: name !== undefined, fileName: name }])
  })

  it.each(['\\', 'a\\', '; filename=x', '" ; filename="x'])(
    'takes no end of a name, %s, for the beginning of a file',
    async (name) => {
      const form = new FormData()
      form.append(name, 'value')
      const response = new Response(form)
      const body = Buffer.from(await response.arrayBuffer())
      const parts = readForm(response.headers.get('content-type') ?? '', body)
      expect(parts).toMatchObject([{ name, isFile: false }])
    },
  )

  it.each([
    ['filename=my photo.jpg; name=a', 'my'],
    ['filename=a"b; name="a"', 'a'],
    ['foo; name="a"', undefined],
    ['; name="a"', undefined],
    ['name="a" filename="b.jpg"', undefined],
  ])('is read as far as it can be where its head is not well formed: %s', (sent, fileName) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; ${sent}\r\n\r\n1\r\n--XyZ--`)
    expect(readForm(TYPE, body)).toMatchObject([{ name: 'a', fileName }])
  })

  it.each(['name="a', 'name='])('without a whole name is refused: %s', (sent) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; ${sent}\r\n\r\n1\r\n--XyZ--`)
    expect(() => readForm(TYPE, body)).toThrow(/needs a Content-Disposition/)
  })

  it('without any field is a form', () => {
    expect(readForm(TYPE, text('--XyZ--\r\n'))).toEqual([])
  })

  it('that is cut anywhere is refused', () => {
    const whole = '--XyZ\r\nContent-Disposition: form-data; name="a"; filename=""\r\n\r\nbytes\r\n--XyZ--'
    expect(shown(TYPE, text(whole))).toEqual([['a', true, 'bytes']])
    for (let length = 0; length < whole.length; length++)
      expect(() => readForm(TYPE, text(whole.slice(0, length)))).toThrow(Refusal)
  })

  it.each([
    ['multipart/form-data', /must name a boundary/],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, /must name a boundary/],
  ])('of the type %s is refused', (type, reason) => {
    expect(() => readForm(type, text('--XyZ--'))).toThrow(reason)
  })

  it('with a part that has no name is refused', () => {
    expect(() => readForm(TYPE, text('--XyZ\r\n\r\n\r\nvalue\r\n--XyZ--'))).toThrow(/needs a Content-Disposition/)
    expect(() => readForm(TYPE, text('--XyZ\r\nX: y\r\n\r\nvalue\r\n--XyZ--'))).toThrow(/needs a Content-Disposition/)
  })

  it('with too many parts is refused', () => {
    const part = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    expect(readForm(TYPE, text(`${part.repeat(MAX_PARTS)}--XyZ--`))).toHaveLength(MAX_PARTS)
    expect(() => readForm(TYPE, text(`${part.repeat(MAX_PARTS + 1)}--XyZ--`))).toThrow(/at most 64 parts/)
  })

  it('may hold what almost is its boundary', () => {
    const almost = fc.constantFrom('\r', '\n', '\r\n', '\r\n-', '\r\n--', '\r\n--X', '\r\n--Xy', '-', 'XyZ', 'Xy')
    fc.assert(
      fc.property(fc.array(almost, { maxLength: 60 }), (pieces) => {
        const value = pieces.join('')
        fc.pre(!value.includes('\r\n--XyZ'))
        const body = `--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--XyZ--\r\n`
        expect(shown(TYPE, text(body))).toEqual([['a', false, value]])
      }),
    )
  })

  it('is searched natively, in one go for each part, whatever it holds', () => {
    const head = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    const body = Buffer.concat([text(head), Buffer.alloc(100_000, '\r\n--'), text('\r\n--XyZ--')])
    const searched = vi.spyOn(Buffer.prototype, 'indexOf')
    onTestFinished(() => searched.mockRestore())
    expect(readForm(TYPE, body)).toHaveLength(1)
    expect(searched.mock.calls.length).toBeLessThan(5)
  })

  it('that is garbage is refused with a sentence and nothing else', () => {
    const piece = fc.oneof(
      fc.constantFrom('--XyZ', '\r\n', '--', 'Content-Disposition: form-data; name="a"', '\r\n\r\n', ';', '"', '\\'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          readForm(TYPE, text(pieces.join('')))
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
