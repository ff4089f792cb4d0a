import { describe, expect, it } from 'vitest'
import type { TextStorage } from '../browser-storage.ts'
import { StoredText } from './stored-text.ts'

/** An in-memory storage. */
function storage(): TextStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  }
}

const forbid = (): never => {
  throw new Error('forbidden')
}
const FORBIDDEN: TextStorage = { getItem: forbid, setItem: forbid, removeItem: forbid }

describe('what a browser remembers', () => {
  it('is there at the next visit, until it is none any more', () => {
    const browser = storage()
    new StoredText('a', browser).set('x', 'chosen')
    expect(new StoredText('a', browser).text).toBe('x')
    new StoredText('a', browser).set(undefined, 'chosen')
    expect(new StoredText('a', browser).text).toBeUndefined()
    expect(browser.items.size).toBe(0)
  })

  it('is told of with where it is from, once for each change', () => {
    const stored = new StoredText('a', storage())
    const heard: unknown[] = []
    const end = stored.subscribe((origin) => heard.push([origin, stored.text]))
    stored.set('x', 'chosen')
    stored.set('x', 'taken')
    stored.set('y', 'taken')
    end()
    stored.set('z', 'chosen')
    expect(heard).toEqual([
      ['chosen', 'x'],
      ['taken', 'y'],
    ])
  })

  it('lasts as long as the page where storage is forbidden', () => {
    const stored = new StoredText('a', FORBIDDEN)
    stored.set('x', 'chosen')
    expect(stored.text).toBe('x')
  })

  it('neither finds nor leaves anything once it is detached', () => {
    const browser = storage()
    browser.items.set('a', 'somebody’s')
    const stored = new StoredText('a', browser)
    stored.detach()
    expect(stored.text).toBeUndefined()
    stored.set('x', 'chosen')
    expect(browser.items.get('a')).toBe('somebody’s')
  })
})
