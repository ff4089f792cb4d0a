import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Refusal } from '../core/errors.ts'
import { MAX_PARTS, readForm } from './multipart.ts'

const text = (value: string) => Buffer.from(value)
const read = (contentType: string, body: Buffer) => readForm(contentType, body, async () => {})
const TYPE = 'multipart/form-data; boundary=XyZ'

async function shown(contentType: string, body: Buffer) {
  return (await read(contentType, body)).map(({ name, isFile, bytes }) => [
    name,
    isFile,
    new TextDecoder().decode(bytes),
  ])
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
        const parts = await read(response.headers.get('content-type') ?? '', Buffer.from(await response.arrayBuffer()))
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

  it('may have a preamble, an epilogue, padding behind its boundaries and other headers', async () => {
    const body =
      'preamble\r\n--XyZ \t\r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: Form-Data; filename=a.jpg; name=b\r\n\r\nfile' +
      '\r\n--XyZ\r\nContent-Disposition: form-data; name="a\\"b%22c"\r\n\r\n\r\n--XyZ--\r\nepilogue'
    expect(await shown(TYPE, text(body))).toEqual([
      ['b', true, 'file'],
      ['a"b"c', false, ''],
    ])
  })

  it('may hold what looks like its boundary', async () => {
    const body = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n--XyZ\r--XyZ\n--XyZ \r\n-\r\n--Xy\r\n--XyZ--'
    expect(await shown(TYPE, text(body))).toEqual([['a', false, '--XyZ\r--XyZ\n--XyZ \r\n-\r\n--Xy']])
  })

  it('names its boundary in quotes or not', async () => {
    const body = text('--a b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b--')
    expect(await shown('multipart/form-data; charset=utf-8; Boundary="a b"', body)).toEqual([['x', false, '1']])
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
  ])('tells the name of a file as it was sent: %s', async (sent, name) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; name="a"; ${sent}\r\n\r\n1\r\n--XyZ--`)
    expect(await read(TYPE, body)).toMatchObject([{ name: 'a', isFile: name !== undefined, fileName: name }])
  })

  it.each(['\\', 'a\\', '; filename=x', '" ; filename="x'])(
    'takes no end of a name, %s, for the beginning of a file',
    async (name) => {
      const form = new FormData()
      form.append(name, 'value')
      const response = new Response(form)
      const body = Buffer.from(await response.arrayBuffer())
      const parts = await read(response.headers.get('content-type') ?? '', body)
      expect(parts).toMatchObject([{ name, isFile: false }])
    },
  )

  it.each([
    ['filename=my photo.jpg; name=a', 'my'],
    ['filename=a"b; name="a"', 'a'],
    ['foo; name="a"', undefined],
    ['; name="a"', undefined],
    ['name="a" filename="b.jpg"', undefined],
  ])('is read as far as it can be where its head is not well formed: %s', async (sent, fileName) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; ${sent}\r\n\r\n1\r\n--XyZ--`)
    expect(await read(TYPE, body)).toMatchObject([{ name: 'a', fileName }])
  })

  it.each(['name="a', 'name='])('without a whole name is refused: %s', async (sent) => {
    const body = text(`--XyZ\r\nContent-Disposition: form-data; ${sent}\r\n\r\n1\r\n--XyZ--`)
    await expect(read(TYPE, body)).rejects.toThrow(/needs a Content-Disposition/)
  })

  it('without any field is a form', async () => {
    expect(await read(TYPE, text('--XyZ--\r\n'))).toEqual([])
  })

  it('that is cut anywhere is refused', async () => {
    const whole = '--XyZ\r\nContent-Disposition: form-data; name="a"; filename=""\r\n\r\nbytes\r\n--XyZ--'
    expect(await shown(TYPE, text(whole))).toEqual([['a', true, 'bytes']])
    for (let length = 0; length < whole.length; length++)
      await expect(read(TYPE, text(whole.slice(0, length)))).rejects.toThrow(Refusal)
  })

  it.each([
    ['multipart/form-data', /must name a boundary/],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, /must name a boundary/],
  ])('of the type %s is refused', async (type, reason) => {
    await expect(read(type, text('--XyZ--'))).rejects.toThrow(reason)
  })

  it('with a part that has no name is refused', async () => {
    await expect(read(TYPE, text('--XyZ\r\n\r\n\r\nvalue\r\n--XyZ--'))).rejects.toThrow(/needs a Content-Disposition/)
    await expect(read(TYPE, text('--XyZ\r\nX: y\r\n\r\nvalue\r\n--XyZ--'))).rejects.toThrow(
      /needs a Content-Disposition/,
    )
  })

  it('with too many parts is refused', async () => {
    const part = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    expect(await read(TYPE, text(`${part.repeat(MAX_PARTS)}--XyZ--`))).toHaveLength(MAX_PARTS)
    await expect(read(TYPE, text(`${part.repeat(MAX_PARTS + 1)}--XyZ--`))).rejects.toThrow(/at most 64 parts/)
  })

  it('may hold what almost is its boundary', async () => {
    const almost = fc.constantFrom('\r', '\n', '\r\n', '\r\n-', '\r\n--', '\r\n--X', '\r\n--Xy', '-', 'XyZ', 'Xy')
    await fc.assert(
      fc.asyncProperty(fc.array(almost, { maxLength: 60 }), async (pieces) => {
        const value = pieces.join('')
        fc.pre(!value.includes('\r\n--XyZ'))
        const body = `--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--XyZ--\r\n`
        expect(await shown(TYPE, text(body))).toEqual([['a', false, value]])
      }),
    )
  })

  it('may have a boundary with any bytes, which a header holds as Latin-1', async () => {
    const body = Buffer.from('--é\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--é--', 'latin1')
    expect(await read('multipart/form-data; boundary=é', body)).toHaveLength(1)
  })

  it('is searched natively, in one go for each part, whatever it holds', async () => {
    const head = '--XyZ\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    const body = Buffer.concat([text(head), Buffer.alloc(100_000, '\r\n--'), text('\r\n--XyZ--')])
    const searched = vi.spyOn(Buffer.prototype, 'indexOf')
    onTestFinished(() => searched.mockRestore())
    expect(await read(TYPE, body)).toHaveLength(1)
    expect(searched.mock.calls.length).toBeLessThan(5)
  })

  it('lets others have their turn when it takes long', async () => {
    const head = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    const body = Buffer.concat([text(head), Buffer.alloc(2_000_000, '\r'), text('\r\n--x--')])
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 3))
    onTestFinished(() => clock.mockRestore())
    const pause = vi.fn(async () => {})
    const parts = await readForm('multipart/form-data; boundary=x', body, pause)
    expect(parts.map(({ bytes }) => bytes.length)).toEqual([2_000_000])
    expect(pause.mock.calls.length).toBeGreaterThan(1)
  })

  it('lets others have their turn also between parts of which none takes long', async () => {
    const part = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'\r'.repeat(1000)}\r\n`
    const body = text(`${part.repeat(20)}--x--`)
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 3))
    onTestFinished(() => clock.mockRestore())
    const pause = vi.fn(async () => {})
    expect(await readForm('multipart/form-data; boundary=x', body, pause)).toHaveLength(20)
    expect(pause.mock.calls.length).toBeGreaterThan(1)
  })

  it('that is garbage is refused with a sentence and nothing else', async () => {
    const piece = fc.oneof(
      fc.constantFrom('--XyZ', '\r\n', '--', 'Content-Disposition: form-data; name="a"', '\r\n\r\n', ';', '"', '\\'),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        try {
          await read(TYPE, text(pieces.join('')))
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
