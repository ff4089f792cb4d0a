import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/support/command.ts'
import { newEvent } from '../../../test/support/event-stores.ts'
import { type SpooledEvent, weightOfEvent } from '../../core/event.ts'
import type { SpoolLimits } from './event-spool.ts'
import { SpoolFile } from './spool-file.ts'
import { SpoolThread } from './spool-thread.ts'

const event = (n: number): SpooledEvent => ({ ...newEvent(n, { label: 'ä', key: 'k' }), receipt: `run-${n}` })
const upTo = (count: number) => Array.from({ length: count }, (_, n) => event(n))

describe('a spool', () => {
  function open(limits: Partial<SpoolLimits> = {}, path = join(temporaryFolder(), 'deep', 'spool.db')) {
    const file = new SpoolFile(path, { size: 100, bytes: 1e6, ...limits })
    onTestFinished(() => file.close())
    return { file, path }
  }

  it('gives events back in their order until they are removed, also when it is opened again', () => {
    const { file, path } = open()
    expect(file.add(upTo(3))).toEqual([true, true, true])
    const rows = open({}, path).file.oldest(2)
    expect(rows.map((row) => row.event)).toEqual([event(0), event(1)])
    file.remove(rows.map(({ place }) => place))
    expect(file.oldest(10).map((row) => row.event)).toEqual([event(2)])
  })

  it('takes as many as there is room for, of all processes together', () => {
    const { file, path } = open({ size: 3 })
    expect(open({ size: 3 }, path).file.add(upTo(2))).toEqual([true, true])
    expect([file.add(upTo(2)), file.add(upTo(1))]).toEqual([[true, false], [false]])
    const { file: small } = open({ bytes: 2 * weightOfEvent(event(0)) + 1 })
    expect(small.add(upTo(5))).toEqual([true, true, false, false, false])
  })

  it('takes at most half of it of one publisher', () => {
    const of = (publisher: string, n: number) => ({ ...event(n), publisher })
    const { file } = open({ size: 4 })
    expect(file.add([of('a', 0), of('a', 1), of('a', 2), of('b', 3)])).toEqual([true, true, false, true])
    expect(file.add([of('a', 4), event(5), of('b', 6)])).toEqual([false, true, false])
    const { file: small } = open({ bytes: 4 * weightOfEvent(event(0)) + 1 })
    expect(small.add([of('a', 0), of('a', 1), of('a', 2), of('b', 3)])).toEqual([true, true, false, true])
  })

  it('works in a thread of its own', async () => {
    const thread = new SpoolThread()
    onTestFinished(() => thread.close())
    await expect(thread.add(upTo(1))).rejects.toThrow('not open')
    await thread.open(join(temporaryFolder(), 'spool.db'), { size: 2, bytes: 1e6 })
    expect(await thread.add(upTo(3))).toEqual([true, true, false])
    expect((await thread.oldest(10)).map((row) => row.event)).toEqual([event(0), event(1)])
    await expect(thread.open('/dev/null/spool.db', { size: 2, bytes: 1e6 })).rejects.toThrow()
  })
})
