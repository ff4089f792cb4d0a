import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { login, must } from '../support/accounts.ts'
import { gauge, twoNodes } from '../support/nodes.ts'
import { TestRedis } from '../support/redis-server.ts'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const PATIENT = { 'limits.calls_per_minute': 100_000, 'limits.guest_calls_per_minute': 100_000 }

const knowEachOther = async (...servers: readonly TestServer[]) => {
  for (const server of servers)
    await until(async () => (await gauge(server, 'installation_servers')) === servers.length, 'they know each other')
}

describe.each([
  { what: 'killed', config: PATIENT, fails: (redis: TestRedis) => redis.kill() },
  {
    what: 'frozen',
    config: { ...PATIENT, 'redis.command_timeout_ms': 1000 },
    fails: async (redis: TestRedis) => redis.freeze(),
  },
])('while Redis is $what', ({ config, fails }) => {
  it('what ends at one server ends at the other', async () => {
    const { redis, a, b } = await twoNodes(config)
    const { access: admin } = await login(a, 'admin')
    const { key, id } = await must(a, 'POST /keys', { token: admin, body: { name: 'wall', scope: 'view' } })
    const sockets = await Promise.all(
      [String(key), admin].map((token) => TestSocket.open(`${b.socketUrl('/ws/live')}?token=${token}`)),
    )
    await fails(redis)
    await must(a, `DELETE /keys/${id}`, { token: admin })
    expect(await sockets[0]?.closed).toMatchObject({ code: 1008 })
    await must(a, 'POST /logout', { token: admin })
    expect(await sockets[1]?.closed).toMatchObject({ code: 1008 })
    redis.thaw()
  })

  it('a server goes down', async () => {
    const { redis, b } = await twoNodes(config)
    await fails(redis)
    await b.close()
    redis.thaw()
  })
})

it('a Redis that becomes a replica is told of, and servers know each other again once it is none any more', async () => {
  const redis = await TestRedis.start()
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) })
  const config = { 'redis.port': redis.port, ...PATIENT }
  const a = await TestServer.start({ config, log })
  const b = await TestServer.start({ config: { ...config, 'sources.pull': 'false' } })
  await knowEachOther(a, b)
  const client = await redis.client()
  await client.sendCommand(['REPLICAOF', '127.0.0.1', '1'])
  await until(() => lines.some((line) => /^other servers cannot be told .* is a replica/.test(line)), 'it is told of')
  await until(async () => (await gauge(a, 'installation_servers')) === 1, 'the other is not heard')
  await client.sendCommand(['REPLICAOF', 'NO', 'ONE'])
  await knowEachOther(a, b)
})

it('whatever is in the key where servers talk, they serve, and talk again once it is gone', async () => {
  // Side by side: each waits until a server counts as gone.
  await Promise.all(
    [
      ['SET', 'garbage', 'text'],
      ['LPUSH', 'garbage', 'x'],
    ].map(async (garbage) => {
      const { redis, a, b } = await twoNodes(PATIENT)
      const client = await redis.client()
      await client.sendCommand(garbage)
      // In one step: the servers write to the key several times a second.
      await client.sendCommand(['RENAME', 'garbage', 'belvedere:nodes'])
      await until(async () => (await gauge(a, 'installation_servers')) === 1, 'the other is not heard')
      await a.publish('site', 'cam')
      await client.sendCommand(['DEL', 'belvedere:nodes'])
      await knowEachOther(a, b)
    }),
  )
})

it('emptied again and again, servers go on knowing each other', async () => {
  const { redis, a, b } = await twoNodes(PATIENT)
  const client = await redis.client()
  const socket = await TestSocket.open(b.socketUrl('/ws/live'))
  for (let i = 0; i < 5; i++) {
    await client.sendCommand(['FLUSHALL'])
    socket.ask({ type: 'watch', id: i + 1, label: `site ${i}` })
    await until(async () => (await gauge(a, 'installation_viewers')) === 1, 'its viewer is counted')
  }
  await knowEachOther(a, b)
})
