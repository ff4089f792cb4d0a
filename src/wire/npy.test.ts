import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { npyOf, npyOfText } from './npy.ts'

const textOf = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

describe('an array for NumPy', () => {
  it('has a header with type, byte order and shape, padded to 64 bytes, before elements that are not copied', () => {
    const elements = new Uint8Array(48)
    const { header, elements: same } = npyOf('uint16', 'big', [4, 6], elements)
    expect(same).toBe(elements)
    expect(header.length % 64).toBe(0)
    expect([...header.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length - 10, 0])
    expect(textOf(header.subarray(10))).toMatch(/^\{'descr': '>u2', 'fortran_order': False, 'shape': \(4, 6\), \} *\n$/)
  })

  it.each([
    ['float64', 'little', [3], "'<f8'", '(3,)'],
    ['int64', 'big', [1, 2, 3], "'>i8'", '(1, 2, 3)'],
    ['bool', 'big', [], "'|b1'", '()'],
    ['int8', 'little', [1], "'|i1'", '(1,)'],
  ] as const)('of %s, %s-endian, shape %j says so', (type, byteOrder, shape, descr, tuple) => {
    const text = textOf(npyOf(type, byteOrder, shape, new Uint8Array(0)).header)
    expect(text).toContain(`'descr': ${descr}`)
    expect(text).toContain(`'shape': ${tuple}`)
  })

  it('may be a text, whose characters have four bytes each', () => {
    const { header, elements } = npyOfText('aé😀')
    expect(textOf(header)).toContain("'descr': '<U3'")
    expect([...elements]).toEqual([0x61, 0, 0, 0, 0xe9, 0, 0, 0, 0x00, 0xf6, 0x01, 0])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff })), (characters) => {
        const text = String.fromCodePoint(...characters)
        const { header, elements } = npyOfText(text)
        expect(textOf(header)).toContain(`'<U${elements.length / 4}'`)
        const points = new Uint32Array(elements.slice().buffer)
        expect(String.fromCodePoint(...points)).toBe(text)
      }),
    )
  })
})
