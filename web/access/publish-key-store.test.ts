import { describe, expect, it } from 'vitest'
import type { TextStorage } from '../browser-storage.ts'
import { PublishKeyStore } from './publish-key-store.ts'

class FakeStorage implements TextStorage {
  readonly items = new Map<string, string>()
  getItem(name: string): string | null {
    return this.items.get(name) ?? null
  }
  setItem(name: string, value: string): void {
    this.items.set(name, value)
  }
  removeItem(name: string): void {
    this.items.delete(name)
  }
}

const forbidden: TextStorage = {
  getItem: () => {
    throw new Error('forbidden')
  },
  setItem: () => {
    throw new Error('forbidden')
  },
  removeItem: () => {
    throw new Error('forbidden')
  },
}

describe('the publish key', () => {
  it('is remembered, and forgotten', () => {
    const storage = new FakeStorage()
    new PublishKeyStore(storage).set(' secret \n')
    expect(new PublishKeyStore(storage).current).toBe('secret')
    new PublishKeyStore(storage).set(undefined)
    expect(new PublishKeyStore(storage).current).toBeUndefined()
    expect(storage.items.size).toBe(0)
  })

  it('is kept in memory where storage is forbidden, or missing', () => {
    for (const storage of [forbidden, undefined]) {
      const key = new PublishKeyStore(storage)
      expect(key.current).toBeUndefined()
      key.set('secret')
      expect(key.current).toBe('secret')
      key.set('')
      expect(key.current).toBeUndefined()
    }
  })

  it('tells of changes, its own and those of another tab, and of nothing else', () => {
    const storage = new FakeStorage()
    const key = new PublishKeyStore(storage)
    const seen: unknown[] = []
    const end = key.subscribe(() => seen.push(key.current))
    key.set('a')
    key.set('a')
    new PublishKeyStore(storage).set('b')
    key.refresh()
    end()
    key.set('c')
    expect(seen).toEqual(['a', 'b'])
  })
})
