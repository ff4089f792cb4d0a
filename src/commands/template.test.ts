import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonTemplate, TextTemplate } from './template.ts'
import { UrlTemplate } from './url-template.ts'

const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true }), fc.boolean())

describe('a text', () => {
  it('has the values where their names stand, and is else unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.string().map((text) => text.replaceAll(/[{}]/g, '')),
            value,
          ),
        ),
        (parts) => {
          const params = Object.fromEntries(parts.map(([, each], i) => [`p${i}`, each]))
          const template = new TextTemplate(parts.map(([text], i) => `${text}{p${i}}`).join(''))
          expect(template.names).toEqual(Object.keys(params))
          expect(template.render(params)).toBe(parts.map(([text, each]) => `${text}${each}`).join(''))
        },
      ),
    )
  })

  it('is not read again: a value with braces is a value', () => {
    expect(new TextTemplate('{a}{b}').render({ a: '{b}', b: 'x' })).toBe('{b}x')
    expect(new TextTemplate('{} {1} { a } {{').render({})).toBe('{} {1} { a } {{')
  })
})

describe('JSON', () => {
  it('has values of their own type, and is the same for any value', () => {
    fc.assert(
      fc.property(value, (a) => {
        const template = new JsonTemplate({ a: '{a}', list: [1, null, 'is {a}', { '{a}': true }] })
        expect(template.names).toEqual(['a'])
        expect(template.render({ a })).toEqual({ a, list: [1, null, `is ${a}`, { '{a}': true }] })
      }),
    )
  })
})

describe('an address', () => {
  const template = new UrlTemplate('http://gate.example:8080/doors/{door}/open?for={seconds}&by=me')

  it('has each value in its own place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (door, seconds) => {
        fc.pre(!/^\.{1,2}$/.test(door) && (door + seconds).isWellFormed())
        const url = new URL(template.render({ door, seconds }))
        expect(url.origin).toBe('http://gate.example:8080')
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'doors', door, 'open'])
        expect([...url.searchParams]).toEqual([
          ['for', seconds],
          ['by', 'me'],
        ])
        expect(url.hash).toBe('')
      }),
    )
  })

  it.each(['', '.', '..'])('is not left by a door "%s"', (door) => {
    expect(() => template.render({ door, seconds: 1 })).toThrow('door: must not be empty, "." or ".."')
  })

  it('may have a user and a password, which are sent apart from it', () => {
    const { authorization, ...withPassword } = new UrlTemplate('https://ann:s%40cret@gate.example')
    expect(authorization).toBe(`Basic ${Buffer.from('ann:s@cret').toString('base64')}`)
    expect(withPassword).toBeDefined()
    expect(new UrlTemplate('https://ann:x@gate.example/{a}').render({ a: 1 })).toBe('https://gate.example/1')
  })

  it.each([
    ['gate.example/open', 'must be an address'],
    ['ftp://gate.example/', 'must be an address'],
    ['file:///etc/passwd', 'must be an address'],
    ['http://', 'must be an address'],
    ['http://gate.example/#{a}', 'must be an address'],
    ['http://gate.example\\@evil.example/', 'must be an address'],
    ['http://gate.example/ open', 'must be an address'],
    ['{scheme}://gate.example/', 'must be an address'],
    ['http://{host}/', 'parameters may stand in the path and the query only'],
    ['http://gate.example:{port}/', 'parameters may stand in the path and the query only'],
    ['http://{user}:{password}@gate.example/', 'parameters may stand in the path and the query only'],
    ['http://gate.example:99999/', 'has no valid host and port'],
    ['http://ann:12/34@gate.example/', 'a "/" in a password must be written %2F'],
  ])('must not be %s', (url, message) => {
    expect(() => new UrlTemplate(url)).toThrow(message)
  })
})
