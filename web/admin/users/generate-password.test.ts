import { expect, it } from 'vitest'
import { generatePassword } from './generate-password.ts'

it('is four groups of five that are easy to read', () => {
  expect(generatePassword()).toMatch(/^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$/)
})

it('is another each time', () => {
  expect(new Set(Array.from({ length: 100 }, () => generatePassword())).size).toBe(100)
})

it('leaves out the bytes that would make some letters more likely', () => {
  let round = 0
  const bytes = () => new Uint8Array(32).fill(round++ === 0 ? 255 : 0)
  expect(generatePassword(bytes)).toBe('aaaaa-aaaaa-aaaaa-aaaaa')
  expect(round).toBe(2)
})
