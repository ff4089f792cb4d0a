import { expect, it, vi } from 'vitest'
import { Pattern } from './pattern.ts'

it('finds something anywhere, or not', () => {
  const finds = (source: string, text: string) => new Pattern(source).finds(text)
  expect([finds('b', 'abc'), finds('^b', 'abc'), finds('^.$', '🚪')]).toEqual([true, false, true])
  expect(() => new Pattern('(')).toThrow('Invalid regular expression')
})

it('gives up where it would take for ever', () => {
  expect(new Pattern('^(\\w+\\s?)*$').finds(`${'a'.repeat(60)}!`)).toBe(false)
})

it('gives up where the machine gives it no time, after some attempts', () => {
  const usage = vi.spyOn(process, 'threadCpuUsage').mockReturnValue({ user: 0, system: 0 })
  expect(new Pattern('^(\\w+\\s?)*$').finds(`${'a'.repeat(60)}!`)).toBe(false)
  // Once before them and once after each.
  expect(usage).toHaveBeenCalledTimes(6)
})
