import { describe, expect, it } from 'vitest'
import { passwordProblemsOf } from './password-problems.ts'

describe('what is wrong with a new password', () => {
  it('is nothing when it is long enough, new and twice the same', () => {
    expect(passwordProblemsOf({ old: 'old', fresh: 'long enough', again: 'long enough' })).toEqual({})
  })

  it('is said of each entry', () => {
    expect(passwordProblemsOf({ old: '', fresh: 'short', again: 'other' })).toEqual({
      old: 'oldEmpty',
      fresh: 'tooShort',
      again: 'repeatWrong',
    })
    expect(passwordProblemsOf({ old: 'the same one', fresh: 'the same one', again: 'the same one' })).toEqual({
      fresh: 'same',
    })
  })

  it('counts letters, not bytes', () => {
    expect(passwordProblemsOf({ old: 'x', fresh: '一二三四五六七八', again: '一二三四五六七八' })).toEqual({})
    expect(passwordProblemsOf({ old: 'x', fresh: '😀😀😀😀', again: '😀😀😀😀' })).toEqual({ fresh: 'tooShort' })
  })
})
