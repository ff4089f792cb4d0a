import { expect, it } from 'vitest'
import { collectGarbage } from '../../test/support/garbage.ts'
import { SerialQueue } from './serial-queue.ts'

it('work runs in the order in which it was asked for, each when the one before has ended, be it by an error', async () => {
  const queue = new SerialQueue()
  const done: string[] = []
  let release = () => {}
  const first = queue.run(async () => {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    done.push('first')
    throw new Error('failed')
  })
  const second = queue.run(async () => done.push('second'))
  await Promise.resolve()
  expect(done).toEqual([])
  release()
  await expect(first).rejects.toThrow('failed')
  expect(await second).toBe(2)
  expect(done).toEqual(['first', 'second'])
})

it('a turn that was acquired lasts until it is ended', async () => {
  const queue = new SerialQueue()
  const end = await queue.acquire()
  const done: string[] = []
  const later = queue.run(async () => done.push('later'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toEqual([])
  end()
  await later
  expect(done).toEqual(['later'])
})

it('holds nothing of what was done', async () => {
  const queue = new SerialQueue()
  const result = new WeakRef(await queue.run(async () => ({ large: true })))
  await collectGarbage()
  expect(result.deref()).toBeUndefined()
  await queue.run(async () => {})
})
