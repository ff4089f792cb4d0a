import { expect, it } from 'vitest'
import { qrPath } from './qr-path.ts'

const rows = (...lines: string[]) => lines.map((line) => [...line].map((square) => square === '#'))

it('is one rectangle for each run of dark squares', () => {
  expect(qrPath(rows('##.#', '....', '.###'))).toBe('M0 0h2v1h-2zM3 0h1v1h-1zM1 2h3v1h-3z')
})

it('is nothing where all is light', () => {
  expect(qrPath(rows('..', '..'))).toBe('')
})
