import { describe, expect, it } from 'vitest'
import { safeReturnPath, signInPath } from './sign-in-path.ts'

describe('where to go after signing in', () => {
  it('is a path of this page', () => {
    expect(safeReturnPath('/watch/a/b?x=1')).toBe('/watch/a/b?x=1')
    expect(safeReturnPath('/')).toBe('/')
  })

  it.each([
    null,
    '',
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    'javascript:alert(1)',
    'watch/a',
    '\\/a',
  ])('is the wall when %j was asked for', (next) => {
    expect(safeReturnPath(next)).toBe('/')
  })

  it('is not the form itself', () => {
    expect(safeReturnPath('/app/sign-in?next=%2F')).toBe('/')
  })
})

describe('the address of the form to sign in', () => {
  it('leads back to where one was', () => {
    const path = signInPath('/watch/工地/b?x=1&y')
    expect(safeReturnPath(new URLSearchParams(path.split('?')[1]).get('next'))).toBe('/watch/工地/b?x=1&y')
  })

  it('is short for the wall', () => {
    expect(signInPath('/')).toBe('/app/sign-in')
    expect(signInPath('/app/sign-in?next=/a')).toBe('/app/sign-in')
  })
})
