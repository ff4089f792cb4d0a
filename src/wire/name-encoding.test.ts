import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, isBase64 } from './name-encoding.ts'

const name = fc.string({ unit: 'grapheme' })

describe('names in the encoding of the detection hub', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(decode(encode(text))).toBe(text)
        expect(isBase64(encode(text))).toBe(text !== '')
      }),
    )
  })

  it.each([
    ['', ''],
    ['site', 'c2l0ZQ=='],
    ['工地/東 🦺', '5bel5ZywL-adsSDwn6a6'],
    ['>>>???', 'Pj4-Pz8_'],
    ['\ufeffcam', '77u_Y2Ft'],
  ])('%j is %s', (text, encoded) => {
    expect(encode(text)).toBe(encoded)
    expect(decode(encoded)).toBe(text)
  })

  it.each(['', 'abc', 'ab+/', 'AB==CD==', '====', 'A===', 'ab d', 'c2l0ZQ==\n'])(
    '%j is not encoded, and stays',
    (text) => {
      expect(isBase64(text)).toBe(false)
      expect(decode(text)).toBe(text)
    },
  )

  it('a plain name that looks encoded and is not stays', () => {
    expect(isBase64('cam1')).toBe(true)
    expect(decode('cam1')).toBe('cam1')
  })

  it('any text can be decoded', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof decode(text) === 'string'))
  })
})
