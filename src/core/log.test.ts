import { expect, it } from 'vitest'
import { withFields } from './log.ts'

it("adds its fields to each line, in front of the line's own", () => {
  const lines: unknown[] = []
  const take = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message])
  const log = withFields({ error: take('error'), warn: take('warn'), info: take('info') }, { instrument: 'gun' })
  log.error({ err: 1 }, 'one')
  log.warn({}, 'two')
  log.info({ instrument: 'other' }, 'three')
  expect(lines).toEqual([
    ['error', { instrument: 'gun', err: 1 }, 'one'],
    ['warn', { instrument: 'gun' }, 'two'],
    ['info', { instrument: 'other' }, 'three'],
  ])
})
