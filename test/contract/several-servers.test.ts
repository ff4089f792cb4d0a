import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { login, must } from '../support/accounts.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { freePort } from '../support/free-port.ts'
import { startNginx } from '../support/nginx.ts'
import { PASSWORD } from '../support/people.ts'
import { TestRedis } from '../support/redis-server.ts'
import { authorized, KEY, TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const CONFIGURATION = readFileSync(join(import.meta.dirname, '../../examples/nginx-servers.conf'), 'utf8')

it('nginx, as the example configures it, divides viewers among servers, keeps clients of Socket.IO at theirs and copes with one that is down', async () => {
  const redis = await TestRedis.start()
  const config = {
    'redis.port': redis.port,
    data_dir: temporaryFolder(),
    admin_password: PASSWORD,
    'http.trusted_proxies': '127.0.0.1',
  }
  const a = await TestServer.start({ config })
  const b = await TestServer.start({ config: { ...config, 'sources.pull': 'false' } })
  const port = await freePort()
  const ports = new Map([
    ['8000', String(port)],
    ['8001', new URL(a.url).port],
    ['8002', new URL(b.url).port],
  ])
  const url = `http://127.0.0.1:${port}`
  await startNginx(
    CONFIGURATION.replaceAll(/(?<=127\.0\.0\.1:)\d+/g, (given) => ports.get(given) ?? given),
    `${url}/healthz`,
  )
  const { access } = await login(a, 'admin')
  const watch = (localAddress: string) =>
    TestSocket.open(`${url.replace('http', 'ws')}/ws/live`, { localAddress, headers: authorized(access) })
  const addresses = Array.from({ length: 16 }, (_, i) => `127.0.0.${i + 1}`)
  await Promise.all(addresses.map(watch))
  await until(() => a.hub.viewers + b.hub.viewers === addresses.length, 'all are viewers')
  expect([a.hub.viewers > 0, b.hub.viewers > 0]).toEqual([true, true])
  const clients = [['polling'], ['polling', 'websocket'], ['websocket']].map(
    (transports) => new SocketIoClient({ url }, { transports, query: { token: access } }),
  )
  for (const client of clients) {
    await client.sees('connected')
    client.emit('subscribe', { event_types: ['test'] })
    await client.sees('subscribed')
  }
  for (const server of [a, b]) await must(server, 'POST /events', { token: KEY, body: { type: 'test' } })
  for (const client of clients) expect(await client.sees('live_event', 2)).toHaveLength(2)
  const atFirst = a.hub.viewers
  await a.close()
  await Promise.all(addresses.map(watch))
  await until(() => b.hub.viewers === 2 * addresses.length - atFirst, 'all new viewers are at the other server')
})

it('processes share a port and a folder, as deployment.md starts them, and both serve', async () => {
  const redis = await TestRedis.start()
  const port = String(await freePort())
  const env = { REDIS_URL: redis.url, BELVEDERE_HTTP_REUSE_PORT: 'true', BELVEDERE_PUBLISH_KEY: KEY }
  const flags = ['--port', port, '--data-dir', temporaryFolder()]
  await ServerCommand.start(flags, env, asProcess)
  const { url } = await ServerCommand.start(flags, { ...env, BELVEDERE_SOURCES_PULL: 'false' }, asProcess)
  const servers = new Set<string>()
  await until(async () => {
    // A new connection each time: the kernel chooses a process for it.
    const response = await fetch(`${url}/metrics`, { headers: { connection: 'close', authorization: `Bearer ${KEY}` } })
    const text = await response.text()
    expect(text).toContain('belvedere_installation_servers 2')
    servers.add(/^process_start_time_seconds.*$/m.exec(text)?.[0] ?? '')
    servers.add(/^process_resident_memory_bytes.*$/m.exec(text)?.[0] ?? '')
    return new Set([...servers].filter((line) => line.includes('start_time'))).size === 2
  }, 'both processes answer')
})
