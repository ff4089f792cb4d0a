import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { LossMark } from './loss-mark.ts'

it('is still set when it is opened again, and never grows', () => {
  const path = join(temporaryFolder(), 'mark')
  const changes = [() => {}, (mark: LossMark) => mark.set(), (mark: LossMark) => mark.clear(), () => {}]
  const found = changes.map((change) => {
    const mark = new LossMark(path)
    const { isSet } = mark
    change(mark)
    mark.close()
    expect(statSync(path).size).toBe(1)
    return isSet
  })
  expect(found).toEqual([false, false, true, false])
})
