import { expect, it } from 'vitest'
import { NameLookups } from './name-lookups.ts'

const HERE = [{ address: '127.0.0.1', family: 4 }]
const { signal } = new AbortController()

/** Lookups that end when the test says so. */
function lookups() {
  const asked: { readonly host: string; readonly end: (error?: Error) => void }[] = []
  const names = new NameLookups((host) => {
    const { promise, resolve, reject } = Promise.withResolvers<typeof HERE>()
    asked.push({ host, end: (error) => (error ? reject(error) : resolve(HERE)) })
    return promise
  })
  return { names, asked, hosts: () => asked.map(({ host }) => host) }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('two names are looked up at a time, others after them', async () => {
  const { names, asked, hosts } = lookups()
  const all = ['a', 'b', 'c', 'd'].map((host) => names.addressesOf(host, signal))
  await turn()
  expect(hosts()).toEqual(['a', 'b'])
  asked[1]?.end()
  await turn()
  expect(hosts()).toEqual(['a', 'b', 'c'])
  asked[0]?.end()
  await turn()
  for (const { end } of asked) end()
  expect(await Promise.all(all)).toEqual([HERE, HERE, HERE, HERE])
})

it('who asks for the same name meanwhile gets the same answer, and is asked anew later', async () => {
  const { names, asked, hosts } = lookups()
  const both = [names.addressesOf('a', signal), names.addressesOf('a', signal)]
  await turn()
  asked[0]?.end()
  await Promise.all(both)
  const failing = names.addressesOf('a', signal)
  await turn()
  expect(hosts()).toEqual(['a', 'a'])
  asked[1]?.end(new Error('gone'))
  await expect(failing).rejects.toThrow('gone')
})

it('who gives up keeps nobody from their turn', async () => {
  const { names, asked, hosts } = lookups()
  const leaving = new AbortController()
  const first = [names.addressesOf('a', signal), names.addressesOf('b', signal)]
  const left = names.addressesOf('c', leaving.signal)
  const last = names.addressesOf('d', signal)
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  asked[0]?.end(new Error('gone'))
  await expect(first[0]).rejects.toThrow('gone')
  await turn()
  expect(hosts()).toEqual(['a', 'b', 'd'])
  for (const { end } of asked) end()
  expect(await Promise.all([first[1], last])).toEqual([HERE, HERE])
})
