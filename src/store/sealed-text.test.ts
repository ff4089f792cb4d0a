import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from './sealed-text.ts'

const [key, other] = [randomBytes(32), randomBytes(32)]

/** A text of a length that leaves bits of the last character unused, which is often this one. */
function sealedEnding(last: string): string {
  for (;;) {
    const sealed = seal('a text', 'a', key)
    if (sealed.endsWith(last)) return sealed
  }
}

describe('a sealed text', () => {
  it('is read with its key and in its place only, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
        const sealed = seal(text, place, key)
        expect(unseal(sealed, place, [other, key])).toEqual({ text: text.toWellFormed() })
        expect(unseal(sealed, `${place}x`, [key])).toEqual({ problem: 'damaged' })
        expect(unseal(sealed, place, [other])).toEqual({ problem: 'lost' })
        expect(unseal(sealed, place, [])).toEqual({ problem: 'lost' })
      }),
      { numRuns: 30 },
    )
  })

  it('looks different each time, and shows nothing of the text', () => {
    const all = Array.from({ length: 20 }, () => seal('geheim geheim', 'a', key))
    expect(new Set(all).size).toBe(20)
    expect(Buffer.from(all.join('').replaceAll('.', ''), 'base64url').includes('geheim')).toBe(false)
  })

  it('is told to be damaged when any of it has been changed', () => {
    const sealed = sealedEnding('A')
    for (let at = 0; at < sealed.length; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
      expect(unseal(changed, 'a', [key]), changed).not.toHaveProperty('text')
    }
    for (const text of ['', 'v1', 'v1..', '{"video_url":"rtsp://a"}', sealed.slice(0, 20)])
      expect(unseal(text, 'a', [key])).not.toHaveProperty('text')
  })
})
