import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { signedOutKeyOf } from './signed-out-text.ts'

it('has a sentence for every reason of docs/wire.md that ends the session of an account', async () => {
  const wire = await readFile(new URL('../../docs/wire.md', import.meta.url), 'utf8')
  const [, listed = ''] = /whose right is taken away: ([^:]*?)\. Asking again/.exec(wire) ?? []
  const reasons = [...listed.matchAll(/`([^`]+)`/g)].map(([, reason = '']) => reason)
  const ofAccounts = reasons.filter((reason) => !/^this (key|link) /.test(reason))
  expect(ofAccounts.length).toBeGreaterThan(8)
  expect(ofAccounts.filter((reason) => !signedOutKeyOf(reason))).toEqual([])
})

it('leaves other reasons in the words of the server', () => {
  expect(signedOutKeyOf('the moon is full')).toBeUndefined()
  expect(signedOutKeyOf('toString')).toBeUndefined()
})
