import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { type CommandError, LiveClient } from '../../client/index.ts'
import { startHouse } from '../support/accounts.ts'

/** What a promise that must reject rejects with. */
const errorOf = (promise: Promise<unknown>): Promise<CommandError> =>
  promise.then(
    () => Promise.reject(new Error('it was done')),
    (error) => error,
  )

it('the SDK gives commands, also before it is connected', async () => {
  const { server, add } = await startHouse()
  const { access } = await add('ann')
  const client = new LiveClient(`${server.url}/ws/live`, { token: async () => access })
  expect(await client.command('trigger_doorbell', { label: 'North' })).toMatchObject({ triggered: true })
  expect(await client.command('get_system_status')).toMatchObject({ status: 'running' })
})

it('the SDK says why a command was not done', async () => {
  const { server, add } = await startHouse({ config: { 'limits.commands_per_minute': 3 } })
  const { access: token } = await add('ann')
  const client = new LiveClient(server.url, { token })
  expect(await errorOf(client.command('no_such'))).toMatchObject({
    name: 'CommandError',
    message: 'no_such: Unknown command: no_such',
    code: 'not_found',
    detail: 'Unknown command: no_such',
  })
  expect(await errorOf(client.command('trigger_doorbell', { label: 'South' }))).toMatchObject({ code: 'forbidden' })
  expect(await errorOf(client.command('trigger_doorbell', { label: 5 }))).toMatchObject({ code: 'invalid' })
  const limited = { code: 'limited', retryAfter: expect.any(Number) }
  expect(await errorOf(client.command('get_system_status'))).toMatchObject(limited)
  const unauthenticated = new LiveClient(server.url, { token: 'x' })
  expect(await errorOf(unauthenticated.command('y'))).toMatchObject({ code: 'unauthenticated' })
  const nowhere = new LiveClient('http://127.0.0.1:1')
  expect(await errorOf(nowhere.command('y'))).toMatchObject({ code: 'unreachable' })
})

it('the SDK waits for a command no longer than it is told, and knows a server behind a prefix', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer(({ url }, response) => {
    // Of the first one alone, which waits for it for as long as it takes, it is certain that it comes here.
    if (asked.push(url) === 1) response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const client = new LiveClient(`http://127.0.0.1:${port}/belvedere/ws/live`)
  expect(await errorOf(client.command('a/b'))).toMatchObject({ code: 'not_found' })
  expect(asked).toEqual(['/belvedere/commands/a%2Fb'])
  expect(await errorOf(client.command('a/b', {}, { timeout: 100 }))).toMatchObject({
    code: 'timed_out',
    detail: 'no answer in 100 ms',
  })
})
