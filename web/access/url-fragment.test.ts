import { describe, expect, it } from 'vitest'
import { valueInFragment } from './url-fragment.ts'

describe('a value in the fragment', () => {
  it('is decoded, and taken out', () => {
    expect(valueInFragment('#key=a%2Fb%20c%2B', 'key')).toEqual({ value: 'a/b c+', rest: '' })
  })

  it('leaves the rest of the fragment as it is', () => {
    expect(valueInFragment('#part&token=abc&x=%201', 'token')).toEqual({ value: 'abc', rest: '#part&x=%201' })
  })

  it('keeps a plus sign, which is no space here', () => {
    expect(valueInFragment('#key=a+b', 'key').value).toBe('a+b')
  })

  it('is taken as it stands when it is not well encoded', () => {
    expect(valueInFragment('#key=100%', 'key')).toEqual({ value: '100%', rest: '' })
  })

  it('is none when there is none', () => {
    expect(valueInFragment('', 'key')).toEqual({ value: undefined, rest: '' })
    expect(valueInFragment('#monkey=1', 'key')).toEqual({ value: undefined, rest: '#monkey=1' })
    expect(valueInFragment('#key=', 'key')).toEqual({ value: undefined, rest: '' })
  })
})
