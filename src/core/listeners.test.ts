import { describe, expect, it } from 'vitest'
import { Listeners } from './listeners.ts'

describe('Listeners', () => {
  it('tells each until it is taken away', () => {
    const listeners = new Listeners<[text: string]>()
    const told: string[] = []
    const removeFirst = listeners.add((text) => told.push(`first ${text}`))
    listeners.add((text) => told.push(`second ${text}`))
    listeners.notify('a')
    removeFirst()
    listeners.notify('b')
    expect(told).toEqual(['first a', 'second a', 'second b'])
    expect(listeners.size).toBe(1)
  })

  it('counts the same function as often as it was added', () => {
    const listeners = new Listeners()
    let calls = 0
    const listener = () => calls++
    const remove = listeners.add(listener)
    listeners.add(listener)
    remove()
    remove()
    listeners.notify()
    expect(calls).toBe(1)
  })

  it('tells neither who is added nor who is taken away meanwhile', () => {
    const listeners = new Listeners()
    const told: string[] = []
    listeners.add(() => {
      told.push('first')
      removeSecond()
      listeners.add(() => told.push('third'))
    })
    const removeSecond = listeners.add(() => told.push('second'))
    listeners.notify()
    expect(told).toEqual(['first'])
  })

  it('tells nobody when all are taken away', () => {
    const listeners = new Listeners()
    let calls = 0
    listeners.add(() => calls++)
    listeners.clear()
    listeners.notify()
    expect([calls, listeners.size]).toEqual([0, 0])
  })
})
