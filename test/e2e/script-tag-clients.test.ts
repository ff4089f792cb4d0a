import { createRequire } from 'node:module'
import type { JSHandle, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type * as eventStream from '../../client/script-tag/event-stream-client.ts'
import type * as webSocket from '../../client/script-tag/websocket-client.ts'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { connectChromium, openPage, type PageOptions } from '../support/chromium.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { type Fields, KEY, TestServer } from '../support/server.ts'
import { untilSeen } from '../support/until.ts'

/* The clients that pages load by script tags, as they are served, in a browser. */

declare global {
  var EventStreamClient: typeof eventStream.EventStreamClient
  var WebSocketClient: typeof webSocket.WebSocketClient
}

type Told = { readonly name: string; readonly data: Fields }
type Followed<Client> = JSHandle<{ readonly client: Client; readonly told: Told[] }>

/** A page of the server with the clients' scripts, as tags. */
async function openScripted(server: TestServer, scripts: readonly string[], options: PageOptions = {}): Promise<Page> {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  // An address without an icon. A server that goes away, and refusals, are reported on the console.
  const { page } = await openPage(browser, `${server.url}/healthz`, { mayComplain: /404|401|ERR_/, ...options })
  for (const script of scripts) await page.addScriptTag({ url: `/static/js/${script}` })
  return page
}

/** What a client in a page has told so far. */
function listenerOf(followed: Followed<unknown>) {
  const all = (name: string) =>
    followed.evaluate(({ told }, wanted) => told.filter((each) => each.name === wanted).map(({ data }) => data), name)
  return {
    all,
    async sees(name: string, count = 1): Promise<Fields[]> {
      await untilSeen(async () => (await all(name)).length >= count, `${count} ${name}`)
      return all(name)
    },
  }
}

async function follow(page: Page, url?: string, token?: string) {
  const followed: Followed<eventStream.EventStreamClient> = await page.evaluateHandle(
    ([url, token]) => {
      const told: Told[] = []
      const client = new EventStreamClient(url, undefined, { minDelay: 50, maxDelay: 100, token })
      for (const name of ['connected', 'event', 'gap', 'status', 'error'] as const)
        client.on(name, (data) => told.push({ name, data: { ...data } }))
      client.connect()
      return { client, told }
    },
    [url, token] as const,
  )
  return listenerOf(followed)
}

async function control(page: Page) {
  const followed: Followed<webSocket.WebSocketClient> = await page.evaluateHandle(() => {
    const told: Told[] = []
    const client = new WebSocketClient(undefined, { minDelay: 50, maxDelay: 100 })
    for (const name of [
      'connect',
      'disconnect',
      'server_connected',
      'subscribed',
      'live_event',
      'gap',
      'error',
    ] as const)
      client.on(name, (data) => told.push({ name, data: { ...data } }))
    client.connect()
    client.subscribe(['bell'])
    return { client, told }
  })
  return {
    ...listenerOf(followed),
    /** Calls a method. @returns its result, or the sentence that it failed with */
    call: (method: 'sendCommand' | 'requestVideoStream', argument: string) =>
      followed.evaluate(
        ({ client }, [name, given]) => client[name](given).then(JSON.stringify, ({ message }: Error) => message),
        [method, argument] as const,
      ),
  }
}

async function post(server: TestServer, n: number): Promise<string> {
  const body = { type: 'bell', label: 'North', data: { n } }
  return textOf(await must(server, 'POST /events', { token: KEY, body }), 'id')
}

/** Starts a server that can be started again with the same events at the same address. */
async function restartable() {
  const config = { data_dir: temporaryFolder(), port: await freePort() }
  return { start: () => TestServer.start({ config, history: new EventThread() }) }
}

it('are served as scripts, with Socket.IO’s client where its own server has it', async () => {
  const server = await TestServer.start()
  const files = new Map<string, string>()
  for (const path of [
    '/static/js/event-stream.js',
    '/static/js/websocket-client.js',
    '/static/js/socket.io.min.js',
    '/socket.io/socket.io.js',
    '/socket.io/socket.io.min.js',
  ]) {
    const file = await server.get(path, { 'accept-encoding': 'br' })
    expect([file.status, file.headers.get('cache-control')], path).toEqual([200, 'private, no-cache'])
    expect(file.headers.get('content-type'), path).toMatch(/^(text|application)\/javascript/)
    expect(file.headers.get('content-encoding'), path).toBe('br')
    files.set(path, await file.text())
  }
  expect(files.get('/socket.io/socket.io.js')).toMatch(/Socket\.IO v4/)
  expect(new Set(files.values()).size).toBe(3)
})

describe('event-stream.js', () => {
  it('goes on by itself exactly where it was after the server was restarted', async () => {
    const servers = await restartable()
    const first = await servers.start()
    const page = await openScripted(first, ['event-stream.js'])
    const { sees, all } = await follow(page)
    const [{ streaming_status } = {}] = await sees('status')
    expect(streaming_status).toBe('running')
    await sees('connected')
    const ids = [await post(first, 0), await post(first, 1)]
    await sees('event', 2)
    await first.close()
    await sees('error')
    const second = await servers.start()
    await sees('connected', 2)
    ids.push(await post(second, 2))
    expect((await sees('event', 3)).map(({ event_id }) => event_id)).toEqual(ids)
    expect(await all('gap')).toEqual([])
  })

  it('is told that there is no room, goes on asking, and comes in once there is', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_connections': 1, 'streaming.full_retry_s': 0.1 } })
    const page = await openScripted(server, ['event-stream.js'])
    const reader = new AbortController()
    const taken = await fetch(`${server.url}/stream/events`, { signal: reader.signal })
    expect(taken.status).toBe(200)
    const { sees } = await follow(page)
    expect((await sees('error', 2))[0]).toEqual({ error: 'Max connections reached' })
    reader.abort()
    await sees('connected')
  })

  it('is told why a right ends, and that it is refused', async () => {
    const { server, admin, add } = await startHouse()
    const nora = await add('nora')
    const page = await openScripted(server, ['event-stream.js'])
    const { sees } = await follow(page, undefined, nora.access)
    await sees('connected')
    await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
    expect((await sees('error', 2)).slice(0, 2)).toEqual([
      { error: 'this account was removed' },
      { error: 'Unauthorized', status: 401 },
    ])
  })
})

describe('websocket-client.js', () => {
  it('does at once what is called before it is connected, and brings Socket.IO’s client itself', async () => {
    const server = await TestServer.start()
    const page = await openScripted(server, ['websocket-client.js'])
    const { sees, call } = await control(page)
    expect(await call('sendCommand', 'x')).toBe('Unknown command: x')
    expect(JSON.parse(await call('sendCommand', 'get_system_status'))).toMatchObject({ status: 'running' })
    expect(await call('requestVideoStream', 'low')).toBe('There is no such camera.')
    const [{ server_capabilities } = {}] = await sees('server_connected')
    expect(server_capabilities).toContain('live_events')
    await sees('subscribed')
    const id = await post(server, 0)
    expect(await sees('live_event')).toMatchObject([{ event_id: id, event_type: 'BELL', data: { n: 0 } }])
  })

  it('subscribes again after the server was restarted, and misses nothing meanwhile', async () => {
    const servers = await restartable()
    const first = await servers.start()
    const page = await openScripted(first, ['socket.io.min.js', 'websocket-client.js'])
    const { sees, all } = await control(page)
    await sees('subscribed')
    const ids = [await post(first, 0)]
    await sees('live_event')
    await first.close()
    await sees('disconnect')
    const second = await servers.start()
    ids.push(await post(second, 1))
    await sees('connect', 2)
    ids.push(await post(second, 2))
    expect((await sees('live_event', 3)).map(({ event_id }) => event_id)).toEqual(ids)
    expect(await all('gap')).toEqual([])
  })

  it.for([
    ['2.5', createRequire(import.meta.url).resolve('socket.io-client-2/dist/socket.io.js')],
    ['1.3', new URL('../fixtures/socket.io-client-1.3.6/socket.io.js', import.meta.url).pathname],
  ] as const)('uses the page’s own Socket.IO client %s', async ([, path]) => {
    const server = await TestServer.start()
    // A page of this server could not have it: the tests serve no such file.
    const page = await openScripted(server, [], { context: { bypassCSP: true } })
    await page.addScriptTag({ path })
    await page.addScriptTag({ url: '/static/js/websocket-client.js' })
    const { sees, call } = await control(page)
    expect(await call('sendCommand', 'x')).toBe('Unknown command: x')
    await sees('subscribed')
    const id = await post(server, 0)
    expect(await sees('live_event')).toMatchObject([{ event_id: id }])
  })
})

describe('a page of another site', () => {
  it.each([
    ['with the client of the server', undefined],
    ['with its own of version 2', 'socket.io-client-2'],
  ])('follows the server that the scripts are from, with its own token, %s', async (_, library) => {
    const site = await TestServer.start()
    const { server, admin } = await startHouse({ config: { 'http.allowed_origins': site.url } })
    // Its own policy would have to allow the server.
    const page = await openScripted(site, [], { context: { bypassCSP: true } })
    if (library)
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve(`${library}/dist/socket.io.js`) })
    for (const file of ['event-stream.js', 'websocket-client.js'])
      await page.addScriptTag({ url: `${server.url}/static/js/${file}` })
    const [stream, socket] = [await follow(page, undefined, admin), await control(page)]
    await stream.sees('connected')
    await socket.sees('subscribed')
    const id = await post(server, 0)
    expect(await stream.sees('event')).toMatchObject([{ event_id: id }])
    expect(await socket.sees('live_event')).toMatchObject([{ event_id: id }])
  })
})
