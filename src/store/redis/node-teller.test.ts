import { expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { LogLimit } from '../../core/log-limit.ts'
import type { NodeState } from '../../core/node-state.ts'
import { decodeNodeMessage } from '../../wire/node-message.ts'
import { NodeTeller } from './node-teller.ts'
import { PendingUse } from './node-use.ts'

/** A server with a fake channel. */
function setUp() {
  const clock = new ManualClock()
  const said: string[] = []
  const current = { state: { viewers: 0, watched: [], fed: [] } as NodeState, isMute: false, delay: Promise.resolve() }
  const use: PendingUse = new PendingUse(() => teller.hurry())
  const teller: NodeTeller = new NodeTeller({
    clock,
    warnings: new LogLimit({ clock, log: { error() {}, warn() {}, info() {} } }),
    use,
    channel: {
      async say(text) {
        await current.delay
        said.push(text)
      },
    },
    state: () => current.state,
    isMute: () => current.isMute,
  })
  /** Lets time pass in steps, as promises settle in between. */
  const pass = async (ms: number, each: () => void = () => {}) => {
    for (let i = 0; i < ms; i += 5) {
      each()
      clock.advance(5)
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  return { clock, said, current, use, teller, pass }
}

const stateOf = (text = '') => decodeNodeMessage(text)?.state

it('a change is told at once; what changes all the time ten times a second, and in the end as it is', async () => {
  const { said, current, teller, pass } = setUp()
  teller.stateChanged()
  await pass(20)
  expect(said).toHaveLength(1)
  let viewers = 0
  await pass(1000, () => {
    current.state = { ...current.state, viewers: ++viewers }
    teller.stateChanged()
  })
  expect(said.length).toBeLessThanOrEqual(11)
  await pass(200)
  expect(stateOf(said.at(-1))?.viewers).toBe(viewers)
})

it('a large state is told less often, and as much of it as may be said', async () => {
  const { said, current, teller, pass } = setUp()
  const condition = { state: 'live', reason: 'r'.repeat(500) } as const
  const fed = Array.from({ length: 6000 }, (_, i) => ({ name: { label: 'site', key: `${i}` }, condition }))
  current.state = { ...current.state, fed }
  await pass(1000, () => teller.stateChanged())
  expect(said.length).toBeLessThanOrEqual(2)
  expect(said[0]?.length).toBeLessThanOrEqual(1_000_000)
  expect(stateOf(said[0])?.fed.length).toBeGreaterThan(1000)
})

it('what is urgent waits neither for a state that may not be told yet nor for the next period', async () => {
  const { said, current, use, teller, pass } = setUp()
  const wrong = use.of('limits.login_tries', 'urgent')
  teller.stateChanged()
  await pass(20)
  teller.stateChanged()
  const late = Promise.withResolvers<void>()
  current.delay = late.promise
  wrong.used('eve', 1)
  await pass(15)
  wrong.used('eve', 1)
  await pass(50)
  late.resolve()
  await pass(20)
  const used = said.map((text) => decodeNodeMessage(text)?.used?.get('limits.login_tries')?.get('eve'))
  expect(used.filter((some) => some !== undefined)).toEqual([1, 1])
})

it('while nothing can be said nothing is kept for later, and the state is told again after that', async () => {
  const { said, current, use, teller, pass } = setUp()
  current.isMute = true
  use.of('limits.calls_per_minute').used('ann', 5)
  teller.tell()
  await pass(10)
  current.isMute = false
  teller.stateChanged()
  await pass(20)
  expect(said).toHaveLength(1)
  expect(stateOf(said[0])).toBeDefined()
})
