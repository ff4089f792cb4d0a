import { describe, expect, it } from 'vitest'
import { ago } from './relative.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

describe('how long ago something was', () => {
  it('is told in the largest unit that has passed', () => {
    expect(ago(NOW - 5 * MINUTE, NOW, 'en')).toBe('5 minutes ago')
    expect(ago(NOW - 119 * MINUTE, NOW, 'en')).toBe('1 hour ago')
    expect(ago(NOW - 49 * 60 * MINUTE, NOW, 'zh-TW')).toBe('前天')
  })

  it('has no words for the last minute, nor for what a clock that goes wrong calls the future', () => {
    expect(ago(NOW - 59_000, NOW, 'en')).toBeUndefined()
    expect(ago(NOW + 5000, NOW, 'en')).toBeUndefined()
  })
})
