import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { ManualClock } from '../../../../test/support/manual-clock.ts'
import { LastLines } from './last-lines.ts'

function reading(secrets: readonly string[] = []) {
  const pipe = new PassThrough({ highWaterMark: 1e6 })
  const clock = new ManualClock()
  const lines = new LastLines(pipe, clock, secrets)
  const write = async (text: string) => {
    pipe.write(text)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { pipe, clock, lines, write }
}

it('the last lines are kept, however they come', async () => {
  const { lines, write } = reading()
  await write('one\ntw')
  await write('o\r\n\nthree')
  expect(lines.all).toEqual(['one', 'two', 'three'])
  await write(`\n${Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n')}\n`)
  expect(lines.all.slice(-2)).toEqual(['line 48', 'line 49'])
  expect(lines.all).toHaveLength(20)
})

it('secrets are masked, those of which they begin with among them, and lines are short', async () => {
  const { lines, write } = reading(['P@ss', 'P@ss#1%0X', ''])
  await write("Impossible to open 'rtmp://eve:P@ss#1%0X@10.0.0.1/live'\nP@ss#1%0X\nrtsp://a:b@c/?token=d\n")
  expect(lines.all.join()).not.toMatch(/P@ss|#1%0X|a:b@|=d/)
  await write(`${'x'.repeat(290)}P@ss#1%0X`)
  await write('y'.repeat(1e5))
  await write('\n')
  expect(lines.all.at(-1)).toBe(`${'x'.repeat(290)}***${'y'.repeat(7)}`)
})

it('a flood is read only so fast', async () => {
  const { pipe, clock, lines, write } = reading()
  await write('x\n'.repeat(40_000))
  expect(pipe.isPaused()).toBe(true)
  clock.advance(100)
  await write('end\n')
  expect([pipe.isPaused(), lines.all.at(-1)]).toEqual([false, 'end'])
})
