import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Calls } from './calls.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Calls to a peer that is not connected yet. */
function setUp() {
  const sent: { name: string; payload: object; answered: (answer: unknown) => void }[] = []
  const peer = {
    connected: false,
    emit: (name: string, payload: object, answered: (answer: unknown) => void) =>
      sent.push({ name, payload, answered }),
  }
  const calls = new Calls(() => peer)
  const connect = () => {
    peer.connected = true
    calls.connected()
  }
  /** Calls. @returns the answer, or the sentence with which it failed */
  const call = (n: number) =>
    calls
      .add({ name: 'ring', payload: { n }, what: 'The bell', timeout: 30_000 })
      .catch(({ message }: Error) => message)
  return { calls, peer, sent, connect, call }
}

it('waits for the connection, keeps the order, and gives each its own answer', async () => {
  const { sent, connect, call } = setUp()
  const answers = [call(1), call(2)]
  expect(sent).toEqual([])
  connect()
  answers.push(call(3))
  expect(sent.map(({ name, payload }) => [name, payload])).toEqual([1, 2, 3].map((n) => ['ring', { n }]))
  for (const [i, { answered }] of [...sent.entries()].reverse()) answered(i)
  expect(await Promise.all(answers)).toEqual([0, 1, 2])
  expect(vi.getTimerCount()).toBe(0)
})

it('fails after its time, and is not sent later', async () => {
  const { sent, connect, call } = setUp()
  const answer = call(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await answer).toBe('The bell was not answered in 30 s.')
  connect()
  expect(sent).toEqual([])
})

it('is sent once at most: when the connection is lost nobody knows whether it was carried out', async () => {
  const { calls, peer, sent, connect, call } = setUp()
  connect()
  const [answer] = [call(1)]
  peer.connected = false
  const waiting = call(2)
  calls.lost()
  expect(await answer).toBe('The connection was lost before the answer. The bell may have been carried out.')
  connect()
  expect(sent.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 2 }])
  sent[1]?.answered('done')
  // What comes too late changes nothing.
  sent[0]?.answered('late')
  expect(await waiting).toBe('done')
})

it('is given up with the client', async () => {
  const { calls, connect, sent, call } = setUp()
  const answer = call(1)
  calls.end('It is over.')
  expect(await answer).toBe('It is over.')
  connect()
  expect([sent, vi.getTimerCount()]).toEqual([[], 0])
})
