import { describe, expect, it } from 'vitest'
import { type Preference, readDocument, takenOver, textsOfDocument, withTexts } from './preferences.ts'

const CHOICE = { isOn: true, hiddenKinds: ['cones'], hiddenClasses: [] }

describe('an account’s preferences', () => {
  it('come back as they were stored', () => {
    const texts = { wall: 'size=small', language: 'zh-TW', overlays: JSON.stringify(CHOICE) }
    const changes = new Map<Preference, string>([
      ['wall', texts.wall],
      ['language', texts.language],
      ['overlays', texts.overlays],
    ])
    const document = withTexts({}, changes)
    expect(document).toEqual({ wall: 'size=small', language: 'zh-TW', overlays: CHOICE })
    expect(textsOfDocument(document)).toEqual(texts)
  })

  it('keep what other programs have put there', () => {
    const document = { grid: [1, 2], theme: 'dark', wall: 'size=small' }
    const changes = new Map<Preference, string | undefined>([
      ['theme', 'light'],
      ['wall', undefined],
    ])
    expect(withTexts(document, changes)).toEqual({ grid: [1, 2], theme: 'light' })
  })

  it('are as if never chosen where they are of another kind', () => {
    expect(textsOfDocument({ wall: 7, language: null, overlays: 'all', favourites: [] })).toEqual({ favourites: '[]' })
  })

  it('leave out what cannot be read back', () => {
    expect(withTexts({ favourites: [] }, new Map([['favourites', '{broken']]))).toEqual({})
  })

  it('are a JSON object and nothing else', () => {
    expect(readDocument({ a: 1 })).toEqual({ a: 1 })
    for (const answer of [undefined, null, [], 'x']) expect(() => readDocument(answer)).toThrow(TypeError)
  })
})

describe('a browser that becomes somebody’s', () => {
  const texts = { language: 'en', theme: 'dark', wall: 'label=North', favourites: '[]' }

  it('takes what the account says, and keeps what a guest had set up beside that', () => {
    const after = takenOver({ texts, owner: undefined }, { texts: { language: 'zh-TW' }, owner: '3' })
    expect(after).toEqual({ ...texts, language: 'zh-TW' })
  })

  it('keeps nothing of somebody else but how the page looks', () => {
    const after = takenOver({ texts, owner: '3' }, { texts: { wall: 'size=small' }, owner: '4' })
    expect(after).toEqual({ language: 'en', theme: 'dark', wall: 'size=small' })
  })

  it('keeps nothing of whoever has signed out but how the page looks', () => {
    expect(takenOver({ texts, owner: '3' }, { texts: {}, owner: undefined })).toEqual({ language: 'en', theme: 'dark' })
  })
})
