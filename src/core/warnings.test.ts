import { expect, it } from 'vitest'
import { warningLines } from './warnings.ts'

it.each([
  ['{"warning_no_hardhat": {"count": 2}, "close_to_machinery": {}}', ['no hardhat: 2', 'close to machinery']],
  ['{"note": "look left"}', ['note: look left']],
  ['{}', []],
  ['', []],
  ['No warning', []],
  ['無警告', []],
  ["Pas d'avertissement", []],
  ['first line\nsecond line', ['first line', 'second line']],
  ['No warning\nbut this', ['No warning', 'but this']],
  ['{broken', ['{broken']],
])('%j becomes %j', (text, lines) => {
  expect(warningLines(text)).toEqual(lines)
})
