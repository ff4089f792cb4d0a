import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { slateLanguage, slateText } from './slate-texts.ts'

function inZone(zone: string): void {
  const before = process.env.TZ
  process.env.TZ = zone
  onTestFinished(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
}

const NOON = Date.UTC(2026, 10, 28, 12)

it('says since when there is no picture, with the time zone, and the day if it is another', () => {
  inZone('Asia/Taipei')
  expect(slateText('en', NOON, NOON + 60_000)).toBe('No picture since 20:00:00 GMT+8')
  expect(slateText('zh-TW', NOON, NOON + 60_000)).toBe('20:00:00 GMT+8 起沒有畫面')
  expect(slateText('en', NOON, NOON + 5 * 3_600_000)).toBe('No picture since 2026-11-28 20:00:00 GMT+8')
  expect(slateText('en', undefined, NOON)).toBe('No picture yet')
})

it.each([
  ['America/St_Johns', 'No picture since 08:30:00 GMT-3:30'],
  ['UTC', 'No picture since 12:00:00 GMT'],
])('knows the time in %s', (zone, text) => {
  inZone(zone)
  expect(slateText('en', NOON, NOON)).toBe(text)
})

it.each([
  [undefined, undefined, 'en'],
  [undefined, 'zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
  [undefined, 'de-DE, de;q=0.9, en;q=0.8, zh;q=0.7', 'en'],
  [undefined, 'fr', 'en'],
  ['zh', 'en', 'zh-TW'],
  ['en', 'zh-TW', 'en'],
  ['xx', 'zh-TW', 'en'],
] as const)('speaks to who asks for %s and has the languages %s: %s', (asked, accepted, language) => {
  expect(slateLanguage(asked, accepted)).toBe(language)
})

it('the font that is shipped has every character of the texts', () => {
  const font = readFileSync(new URL('./font/noto-sans-tc-slate.ttf', import.meta.url))
  const known = charactersOf(font)
  for (const language of ['en', 'zh-TW'] as const)
    for (const since of [undefined, NOON])
      for (const character of `${slateText(language, since, 0)}0123456789+-:`)
        expect(known.has(character), `"${character}" in ${language}`).toBe(true)
})

/** The characters that a TrueType font maps to a glyph: its `cmap` of format 4 (OpenType specification). */
function charactersOf(font: Buffer): Set<string> {
  const characters = new Set<string>()
  const tables = font.readUInt16BE(4)
  const entry = Array.from({ length: tables }, (_, i) => 12 + 16 * i).find(
    (at) => font.toString('latin1', at, at + 4) === 'cmap',
  )
  const cmap = font.readUInt32BE((entry ?? 0) + 8)
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4)
    if (font.readUInt16BE(at) !== 4) continue
    const segments = font.readUInt16BE(at + 6) / 2
    for (let k = 0; k < segments; k++) {
      const end = font.readUInt16BE(at + 14 + 2 * k)
      const start = font.readUInt16BE(at + 16 + 2 * segments + 2 * k)
      if (end === 0xffff) continue
      for (let code = start; code <= end; code++) characters.add(String.fromCharCode(code))
    }
  }
  return characters
}
