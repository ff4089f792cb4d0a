import { expect, it, onTestFinished } from 'vitest'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { must, startHouse, textOf } from '../support/accounts.ts'
import { connectChromium, openPage } from '../support/chromium.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { KEY, TestServer } from '../support/server.ts'
import { untilSeen } from '../support/until.ts'

/* What a browser's own EventSource makes of the doorbell's event stream. */

/** A page of the server that follows event streams, one or several. */
async function openFollower(server: TestServer) {
  const browser = await connectChromium()
  onTestFinished(() => browser.close())
  // An address without an icon. A server that goes away and a refusal are reported on the console.
  const { page } = await openPage(browser, `${server.url}/healthz`, { mayComplain: /404|401|ERR_|MIME/ })
  const follow = async (path: string) => {
    const followed = await page.evaluateHandle((url) => {
      const source = new EventSource(url)
      const received: { type: string; id: string; data: unknown }[] = []
      for (const type of ['connected', 'event', 'gap', 'error'])
        source.addEventListener(type, (event) => {
          // A lost connection is an "error" too, without data.
          if (event instanceof MessageEvent)
            received.push({ type, id: event.lastEventId, data: JSON.parse(event.data) })
        })
      return { source, received }
    }, path)
    const all = (type: string) =>
      followed.evaluate(({ received }, wanted) => received.filter((message) => message.type === wanted), type)
    return {
      all,
      sees: (type: string, count = 1) => untilSeen(async () => (await all(type)).length >= count, `${count} ${type}`),
      isOver: () => followed.evaluate(({ source }) => source.readyState === EventSource.CLOSED),
      close: () => followed.evaluate(({ source }) => source.close()),
    }
  }
  return { page, follow }
}

async function post(server: TestServer, n: number, label = 'North'): Promise<string> {
  const body = { type: 'bell', label, data: { n } }
  return textOf(await must(server, 'POST /events', { token: KEY, body }), 'id')
}

it('goes on by itself exactly where it was after the server was restarted', async () => {
  const times = { 'streaming.retry_s': 0.1, 'streaming.heartbeat_interval': 0.1 }
  const config = { data_dir: temporaryFolder(), port: await freePort(), ...times }
  const first = await TestServer.start({ config, history: new EventThread() })
  const { follow } = await openFollower(first)
  const stream = await follow('/stream/events?labels=North')
  await stream.sees('connected')
  const ids = [await post(first, 0), await post(first, 1)]
  await stream.sees('event', 2)
  await first.close()
  const second = await TestServer.start({ config, history: new EventThread() })
  ids.push(await post(second, 2))
  await stream.sees('event', 3)
  expect((await stream.all('event')).map(({ id }) => id)).toEqual(ids)
  expect(await stream.all('gap')).toEqual([])
  // What has no id of its own leaves the last one as it is.
  expect((await stream.all('connected')).map(({ id }) => id)).toEqual(['', ids[1]])
})

it('is told that there is no room, goes on asking, and comes in once there is', async () => {
  const server = await TestServer.start({ config: { 'streaming.max_connections': 1, 'streaming.full_retry_s': 0.1 } })
  const { follow } = await openFollower(server)
  const one = await follow('/stream/events')
  await one.sees('connected')
  const next = await follow('/stream/events')
  await next.sees('error', 2)
  expect((await next.all('error'))[0]).toMatchObject({ data: { error: 'Max connections reached' } })
  expect(await next.isOver()).toBe(false)
  await one.close()
  await next.sees('connected')
})

it('is told why a right ends before it is refused for good, and a page can read that it is', async () => {
  const { server, admin, add } = await startHouse({ config: { 'streaming.retry_s': 0.1 } })
  const nora = await add('nora')
  const { page, follow } = await openFollower(server)
  const stream = await follow(`/stream/events?token=${nora.access}`)
  await stream.sees('connected')
  await must(server, 'POST /delete_user', { token: admin, body: { username: 'nora' } })
  await stream.sees('error')
  expect(await stream.all('error')).toMatchObject([{ data: { error: 'this account was removed' } }])
  await untilSeen(stream.isOver, 'it gives up')
  const refused = await page.evaluate(async (url) => {
    const answer = await fetch(url)
    return [answer.status, await answer.json()]
  }, `/stream/events?token=${nora.access}`)
  expect(refused).toEqual([401, { error: 'Unauthorized' }])
})
