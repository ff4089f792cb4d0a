import { describe, expect, it } from 'vitest'
import { signInHintsOf } from './sign-in-hints.ts'

describe('below the sign-in form', () => {
  it('stands where the first password is, on the machine itself alone', () => {
    expect(signInHintsOf('localhost', undefined)).toEqual(['first'])
    expect(signInHintsOf('cams.example.org', undefined)).not.toContain('first')
  })

  it('stands what to do with a shared link that this browser does not know, unless it has ended', () => {
    expect(signInHintsOf('cams.example.org', undefined)).toEqual(['sentLink', 'forgot'])
    expect(signInHintsOf('cams.example.org', 'this account was disabled')).toContain('sentLink')
    expect(signInHintsOf('cams.example.org', 'This link has ended.')).toEqual(['forgot'])
  })
})
