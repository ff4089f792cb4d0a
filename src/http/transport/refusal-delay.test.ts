import { expect, it, vi } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { RefusalDelay } from './refusal-delay.ts'

function setUp() {
  const clock = new ManualClock()
  const limited = vi.fn()
  return { clock, limited, delay: new RefusalDelay({ clock, counters: { limited }, perSecond: 2 }) }
}

it('lets a client be refused so often a second at once, and after that a second late', async () => {
  const { clock, limited, delay } = setUp()
  expect(delay.wait('a')).toBeUndefined()
  expect(delay.wait('a')).toBeUndefined()
  expect(limited).not.toHaveBeenCalled()
  const answered = vi.fn()
  const late = delay.wait('a')?.then(answered)
  expect(limited).toHaveBeenCalledExactlyOnceWith('limits.refusals_per_s')
  clock.advance(999)
  await Promise.resolve()
  expect(answered).not.toHaveBeenCalled()
  clock.advance(1)
  await late
  expect(answered).toHaveBeenCalled()
})

it('does not make others wait, nor the client itself a second later', () => {
  const { clock, delay } = setUp()
  for (let i = 0; i < 5; i++) delay.wait('a')
  expect(delay.wait('b')).toBeUndefined()
  clock.advance(1000)
  expect(delay.wait('a')).toBeUndefined()
})

it('lets nobody wait at shutdown', async () => {
  const { delay } = setUp()
  for (let i = 0; i < 2; i++) delay.wait('a')
  const late = delay.wait('a')
  delay.close()
  await late
  expect(delay.wait('a')).toBeUndefined()
})
