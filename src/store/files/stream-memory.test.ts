import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { anyone, frameInput, makeHub } from '../../../test/support/hub.ts'
import { decodeRemembered } from '../../wire/remembered-streams.ts'
import { StreamMemory } from './stream-memory.ts'

/** A hub whose streams are remembered in a file that holds `text`. */
async function setUp({ text, max = 100, folder = '.' }: { text?: string; max?: number; folder?: string } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-test-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const path = join(root, folder, 'streams.json')
  if (text !== undefined) writeFileSync(path, text)
  const { hub, clock } = makeHub()
  const logged: string[] = []
  const log = { error() {}, warn: (_: object, message: string) => logged.push(message), info() {} }
  const memory = new StreamMemory({ clock, log, path, max, records: () => hub.directory.records() })
  const found = await memory.open()
  hub.observe(memory)
  const publish = (key: string) => hub.publish(anyone, frameInput('site', key), 'test')
  const keysIn = () => decodeRemembered(readFileSync(path, 'utf8'))?.map(({ name: { key } }) => key)
  const keysAfter = async (ms: number) => {
    clock.advance(ms)
    await memory.settled()
    return keysIn()
  }
  return { root, path, hub, clock, logged, memory, found, publish, keysIn, keysAfter }
}

it('what has come and gone is in the file a few seconds later, and once more at the end', async () => {
  const { hub, clock, publish, memory, keysIn, keysAfter } = await setUp({ folder: 'not/there/yet' })
  await publish('a')
  clock.advance(10)
  await publish('b')
  expect(await keysAfter(5000)).toEqual(['b', 'a'])
  hub.remove(anyone, { label: 'site', key: 'a' })
  expect(await keysAfter(5000)).toEqual(['b'])
  await publish('c')
  await memory.close()
  expect(keysIn()).toEqual(['c', 'b'])
})

it('those seen last are remembered, no more than may be', async () => {
  const { clock, publish, memory, keysIn } = await setUp({ max: 2 })
  for (const key of ['a', 'b', 'c', 'a']) {
    clock.advance(10)
    await publish(key)
  }
  await memory.close()
  expect(keysIn()).toEqual(['a', 'c'])
})

it('a file that is damaged is logged, and written anew', async () => {
  const { logged, found, publish, memory, keysIn } = await setUp({ text: '{"version":1,"streams":[{"la' })
  expect([found, logged.length]).toEqual([[], 1])
  await publish('a')
  await memory.close()
  expect(keysIn()).toEqual(['a'])
})

it('a disk that takes nothing costs only the memory', async () => {
  const { root, publish, memory, logged } = await setUp({ folder: 'file/streams' })
  writeFileSync(join(root, 'file'), 'no folder')
  await publish('a')
  await memory.close()
  expect(logged).toHaveLength(1)
})
