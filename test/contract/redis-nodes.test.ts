import { expect, it, onTestFinished } from 'vitest'

import type { Clock } from '../../src/core/clock.ts'

import type { Log } from '../../src/core/log.ts'
import type { NodeState } from '../../src/core/node-state.ts'
import type { Peers } from '../../src/core/peers.ts'
import { RedisNodes } from '../../src/store/redis/redis-nodes.ts'
import { systemClock } from '../../src/telemetry/system-clock.ts'
import { openConnection } from '../support/redis-connection.ts'
import { TestRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'

const redis = TestRedis.ofFile()

/** A clock by which nothing is long ago, so that what is done once a second is done once. */
const STANDING: Clock = { ...systemClock, monotonic: () => 0 }

/** A server with so many viewers. */
async function join(viewers: number, log: Log = SILENT, clock: Clock = systemClock) {
  const { server } = await redis()
  const parts = { server, log, clock: systemClock, commandTimeout: 60_000, purpose: 'test' }
  const known: { state: NodeState; peers: Pick<Peers, 'viewers' | 'count'> | undefined; changes: number } = {
    state: { viewers, watched: [], fed: [] },
    peers: undefined,
    changes: 0,
  }
  const nodes = new RedisNodes({
    ...parts,
    clock,
    commands: await openConnection({ ...parts, use: 'commands' }),
    reading: await openConnection({ ...parts, use: 'blocking' }),
    state: () => known.state,
    changed: (peers) => {
      known.peers = peers
      known.changes++
    },
  })
  onTestFinished(() => nodes.close())
  return { nodes, known }
}

/** Says something as if it were a server of that name. */
async function sayAs(node: string, text: string, id = '*') {
  const client = await (await redis()).client()
  await client.sendCommand(['XADD', 'belvedere:nodes', id, 'node', node, 'says', text])
}

const stateWith = (viewers: number) => JSON.stringify({ state: { viewers, watched: [], fed: [] } })

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
  const a = await join(1, { ...SILENT, warn: (_fields, sentence) => lines.push(sentence) }, STANDING)
  const client = await (await redis()).client()
  const b = await join(2)
  await until(() => a.known.peers?.viewers === 2, 'it is known')
  const nonsense = [...Array.from({ length: 5 }, () => ['node', 'x', 'says', 'nonsense']), ['nonsense', '']]
  await Promise.all(nonsense.map((fields) => client.sendCommand(['XADD', 'belvedere:nodes', '*', ...fields])))
  b.known.state = { ...b.known.state, viewers: 3 }
  b.nodes.stateChanged()
  await until(() => a.known.peers?.viewers === 3, 'it goes on')
  expect(lines).toHaveLength(2)
})

it('what a server says again is no news, and what a later version says no goodbye', async () => {
  const a = await join(1, SILENT, STANDING)
  await sayAs('x', stateWith(5))
  await until(() => a.known.peers?.viewers === 5, 'it is known')
  const { changes } = a.known
  for (let i = 0; i < 3; i++) await sayAs('x', stateWith(5))
  await sayAs('x', '{"more": 1}')
  await sayAs('y', stateWith(1))
  await until(() => a.known.changes > changes, 'another one is known')
  expect([a.known.changes, a.known.peers?.viewers]).toEqual([changes + 1, 6])
  for (const node of ['x', 'y']) await sayAs(node, '{"end": true}')
  await until(() => a.known.peers?.count === 0, 'they have left')
})

it('a server that stood still itself does not take the others for dead', async () => {
  let ahead = 0
  const a = await join(1, SILENT, { ...systemClock, monotonic: () => systemClock.monotonic() + ahead })
  const counts: number[] = []
  await sayAs('x', stateWith(5))
  await until(() => a.nodes.peers.count === 1, 'it is known')
  ahead = 30_000
  const end = performance.now() + 1500
  await until(() => {
    counts.push(a.nodes.peers.count)
    return performance.now() > end
  }, 'it has looked')
  expect(new Set(counts)).toEqual(new Set([1]))
})

it('an entry with the highest id there is keeps nobody from being heard, and is no hot loop', async () => {
  const lines: string[] = []
  const [a, b] = [await join(1, { ...SILENT, warn: (_fields, line) => lines.push(line) }), await join(2)]
  await until(() => a.known.peers?.viewers === 2 && b.known.peers?.viewers === 1, 'they know each other')
  await sayAs('x', stateWith(100), '18446744073709551615-18446744073709551615')
  await until(() => lines.length > 0, 'it is told of')
  b.known.state = { ...b.known.state, viewers: 3 }
  b.nodes.stateChanged()
  await until(() => a.known.peers?.viewers === 3, 'they hear each other')
  expect(lines.filter((line) => line.includes('too high an id'))).toHaveLength(1)
})

it('what is too long is skipped, and the stream goes when nobody says anything any more', async () => {
  const lines: string[] = []
  const a = await join(1, { ...SILENT, warn: (_fields, line) => lines.push(line) }, STANDING)
  await sayAs('x', `${stateWith(5)}${' '.repeat(1_000_000)}`)
  await sayAs('x'.repeat(100), stateWith(5))
  await sayAs('y', stateWith(7))
  await until(() => a.known.peers?.viewers === 7, 'the others are heard')
  expect([a.known.peers?.count, lines.length]).toEqual([1, 1])
  const client = await (await redis()).client()
  expect(Number(await client.sendCommand(['TTL', 'belvedere:nodes']))).toBeGreaterThan(0)
})

const SILENT: Log = { error() {}, warn() {}, info() {} }
