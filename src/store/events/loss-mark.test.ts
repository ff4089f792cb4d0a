import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { LossMark } from './loss-mark.ts'

it('is still set when it is opened again, and never grows', async () => {
  const path = join(temporaryFolder(), 'mark')
  const found: boolean[] = []
  for (const change of [undefined, true, false, undefined]) {
    const mark = await LossMark.open(path)
    found.push(mark.isSet)
    if (change !== undefined) void mark.set(change)
    await mark.close()
    expect(statSync(path).size).toBe(1)
  }
  expect(found).toEqual([false, false, true, false])
})

it('is as it was asked to be last', async () => {
  const path = join(temporaryFolder(), 'mark')
  const mark = await LossMark.open(path)
  await Promise.all([mark.set(true), mark.set(false), mark.set(true)])
  await mark.close()
  const again = await LossMark.open(path)
  expect(again.isSet).toBe(true)
  await again.close()
})
