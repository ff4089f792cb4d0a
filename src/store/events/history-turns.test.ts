import { expect, it } from 'vitest'
import { PRIVILEGED } from '../../core/quota-client.ts'
import { HistoryTurns } from './history-turns.ts'

const client = (name: string) => ({ client: name, isPrivileged: false })

function make(rules = { max: 8, share: 5, reserved: 2 }) {
  const turns = new HistoryTurns(rules)
  const begun: string[] = []
  const ends: (() => void)[] = []
  const ask = (who: string, how = client(who)) =>
    turns.ask(how, () => {
      begun.push(who)
      return new Promise<string>((end) => ends.push(() => end(who)))
    })
  /** Answers the question whose turn it is. */
  const answer = async () => {
    ends.shift()?.()
    await new Promise(setImmediate)
  }
  return { turns, begun, ask, answer }
}

it('asks one question at a time, client by client', async () => {
  const { begun, ask, answer } = make()
  const asked = ['flood', 'flood', 'flood', 'ann', 'ben'].map((who) => ask(who))
  await new Promise(setImmediate)
  expect(begun).toEqual(['flood'])
  for (const _each of asked) await answer()
  expect(begun).toEqual(['flood', 'flood', 'ann', 'ben', 'flood'])
  expect(await Promise.all(asked)).toEqual(['flood', 'flood', 'flood', 'ann', 'ben'])
})

it('refuses what is too much, of a client and of all, and keeps room', async () => {
  const { ask, answer } = make()
  const asked = Array.from({ length: 5 }, () => ask('flood'))
  await expect(ask('flood')).rejects.toMatchObject({ code: 'limited', limit: 'limits.event_reads_per_client' })
  asked.push(ask('ann'))
  await expect(ask('ben')).rejects.toMatchObject({ code: 'exhausted', limit: 'limits.event_reads' })
  const privileged = () => ask('admin', { ...client(''), ...PRIVILEGED } as never)
  asked.push(privileged(), privileged())
  await expect(privileged()).rejects.toMatchObject({ code: 'exhausted' })
  for (const _each of asked) await answer()
  expect(await Promise.all(asked)).toHaveLength(8)
  const again = ask('ben')
  await new Promise(setImmediate)
  await answer()
  expect(await again).toBe('ben')
})

it('goes on after a question that failed', async () => {
  const { turns } = make()
  const failed = turns.ask(client('ann'), () => Promise.reject(new Error('disk')))
  const next = turns.ask(client('ann'), async () => 'next')
  await expect(failed).rejects.toThrow('disk')
  expect(await next).toBe('next')
})
