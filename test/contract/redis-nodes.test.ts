import { expect, it, onTestFinished } from 'vitest'
import type { Log } from '../../src/core/log.ts'
import type { NodeState } from '../../src/core/node-state.ts'
import type { Peers } from '../../src/core/peers.ts'
import { RedisConnection } from '../../src/store/redis/redis-connection.ts'
import { RedisNodes } from '../../src/store/redis/redis-nodes.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const redis = TestRedis.ofFile()

/** A server with so many viewers. */
async function join(viewers: number, log: Log = SILENT) {
  const { server } = await redis()
  const parts = { server, log, clock: systemClock, commandTimeout: 500, purpose: 'test' }
  const known: { state: NodeState; peers: Pick<Peers, 'viewers' | 'count'> | undefined } = {
    state: { viewers, watched: [], fed: [] },
    peers: undefined,
  }
  const nodes = new RedisNodes({
    ...parts,
    commands: await RedisConnection.open({ ...parts, use: 'commands' }),
    reading: await RedisConnection.open({ ...parts, use: 'blocking' }),
    state: () => known.state,
    changed: (peers) => {
      known.peers = peers
    },
  })
  onTestFinished(() => nodes.close())
  return { nodes, known }
}

it('servers know each other at once, learn of changes and notice when one ends', async () => {
  const [a, b] = [await join(1), await join(2)]
  await until(() => a.known.peers?.viewers === 2 && b.known.peers?.viewers === 1, 'they know each other')
  a.known.state = { ...a.known.state, viewers: 7 }
  a.nodes.stateChanged()
  await until(() => b.known.peers?.viewers === 7, 'the change is known')
  await a.nodes.close()
  await until(() => b.known.peers?.count === 0, 'it has left')
})

it('what a client uses is charged at the others, once, and not where it was used', async () => {
  const [a, b] = [await join(1), await join(1)]
  await until(() => a.nodes.peers.count === 1 && b.nodes.peers.count === 1, 'they know each other')
  const charged: [string, string, number][] = []
  const uses = [a, b].map(({ nodes }, i) => {
    const use = nodes.sharedUse('limits.calls_per_minute')
    use?.onUsed((client, some) => charged.push([i === 0 ? 'a' : 'b', client, some]))
    return use
  })
  for (let i = 0; i < 3; i++) uses[0]?.used('ann', 2)
  const urgent = a.nodes.sharedUse('limits.login_tries', 'urgent')
  b.nodes.sharedUse('limits.login_tries')?.onUsed((client, some) => charged.push(['b', client, some]))
  urgent?.used('eve', 1)
  await until(() => charged.length >= 2, 'all is charged')
  expect(charged.toSorted()).toEqual([
    ['b', 'ann', 6],
    ['b', 'eve', 1],
  ])
})

it('what is no message is logged once a second and skipped', async () => {
  const lines: string[] = []
  const a = await join(1, { ...SILENT, warn: (_fields, sentence) => lines.push(sentence) })
  const client = await (await redis()).client()
  const b = await join(2)
  await until(() => a.known.peers?.viewers === 2, 'it is known')
  const nonsense = [...Array.from({ length: 5 }, () => ['node', 'x', 'says', 'nonsense']), ['nonsense', '']]
  // At once: within a second on any machine.
  await Promise.all(nonsense.map((fields) => client.sendCommand(['XADD', 'belvedere:nodes', '*', ...fields])))
  b.known.state = { ...b.known.state, viewers: 3 }
  b.nodes.stateChanged()
  await until(() => a.known.peers?.viewers === 3, 'it goes on')
  expect(lines).toHaveLength(2)
})

const SILENT: Log = { error() {}, warn() {}, info() {} }
