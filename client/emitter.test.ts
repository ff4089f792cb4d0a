import { describe, expect, it, vi } from 'vitest'
import { Emitter } from './emitter.ts'

interface Events {
  readonly number: number
  readonly text: string
}

describe('Emitter', () => {
  it('tells each listener of its own event, in the order they were added', () => {
    const emitter = new Emitter<Events>(() => {})
    const heard: unknown[] = []
    emitter.on('number', (number) => heard.push(['first', number]))
    emitter.on('number', (number) => heard.push(['second', number]))
    emitter.on('text', (text) => heard.push(text))
    emitter.emit('number', 7)
    expect(heard).toEqual([
      ['first', 7],
      ['second', 7],
    ])
  })

  it('tells a listener nothing after it was taken away, and the same function added twice once then', () => {
    const emitter = new Emitter<Events>(() => {})
    const listener = vi.fn()
    const off = emitter.on('text', listener)
    emitter.on('text', listener)
    off()
    off()
    emitter.emit('text', 'x')
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('tells the others when one throws, and tells that one threw', () => {
    const failed = vi.fn()
    const emitter = new Emitter<Events>(failed)
    const other = vi.fn()
    const error = new Error('no')
    emitter.on('text', () => {
      throw error
    })
    emitter.on('text', other)
    emitter.emit('text', 'x')
    expect(other).toHaveBeenCalledWith('x')
    expect(failed).toHaveBeenCalledExactlyOnceWith(error, 'text')
  })

  it('knows whether anybody listens', () => {
    const emitter = new Emitter<Events>(() => {})
    expect(emitter.isHeard('text')).toBe(false)
    const off = emitter.on('text', () => {})
    expect(emitter.isHeard('text')).toBe(true)
    off()
    expect(emitter.isHeard('text')).toBe(false)
  })

  it('lets a listener take itself away and add another while it is told', () => {
    const emitter = new Emitter<Events>(() => {})
    const late = vi.fn()
    emitter.on('text', () => {})
    const off = emitter.on('text', () => {
      off()
      emitter.on('text', late)
    })
    emitter.emit('text', 'first')
    expect(late).not.toHaveBeenCalled()
    emitter.emit('text', 'second')
    expect(late).toHaveBeenCalledExactlyOnceWith('second')
  })
})
