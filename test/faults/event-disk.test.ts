import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { ask, listOf, must } from '../support/accounts.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess, type Runner, withLimitedFiles } from '../support/command-runners.ts'
import { EventStreamClient } from '../support/event-stream.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { authorized, type Fields, KEY, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const numbers = (events: readonly Fields[]) => events.map(({ data }) => Number(Object(data).n))

describe('a history that cannot be opened at the start', () => {
  it('keeps nobody from following, is told to publishers, and gets what is still in memory once it can be', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'events.db')
    // Nobody can write a folder, not even root, for whom no file is read-only.
    mkdirSync(path)
    const clock = new ManualClock()
    const server = await TestServer.start({ history: new EventThread(), config: { data_dir: folder }, clock })
    const post = (n: number) =>
      ask(server, 'POST /events', { token: KEY, body: { type: 'x', label: 'a', data: { n } } })
    const stream = new EventStreamClient(server, '/stream/events', KEY)
    await stream.sees('connected')
    for (const n of [1, 2])
      expect(await post(n)).toMatchObject({
        status: 202,
        body: { stored: false, detail: expect.stringMatching(/^Events are not stored: /) },
      })
    expect(numbers(await stream.sees('event', 2))).toEqual([1, 2])
    expect(numbers(listOf(await must(server, 'GET /events'), 'events'))).toEqual([1, 2])
    rmdirSync(path)
    await until(async () => {
      clock.advance(20_000)
      return (await post(3)).status === 200
    }, 'it is stored')
    await server.close()
    const again = await TestServer.start({ history: new EventThread(), config: { data_dir: folder }, clock })
    expect(numbers(listOf(await must(again, 'GET /events'), 'events')).slice(0, 3)).toEqual([1, 2, 3])
  })
})

describe('a process that ends while its disk is full', () => {
  it('has told of what could not be stored, and after the restart everybody is told of a gap once', async () => {
    const folder = temporaryFolder()
    const start = (run: Runner) =>
      ServerCommand.start(['--data-dir', folder, '--log.level', 'fatal'], { BELVEDERE_PUBLISH_KEY: KEY }, run)
    const server = await start(withLimitedFiles(2_000_000))
    let n = 0
    const post = async ({ url }: { readonly url: string }) => {
      const body = JSON.stringify({ type: 'x', label: 'a', data: { n: n++, text: 'x'.repeat(200_000) } })
      const headers = { ...authorized(KEY), 'Content-Type': 'application/json' }
      const answer = await fetch(`${url}/events`, { method: 'POST', headers, body })
      return { ...((await answer.json()) as { id: string }), isStored: answer.status === 200 }
    }
    const posted = [await post(server)]
    while (posted.at(-1)?.isStored) posted.push(await post(server))
    const lost = [posted.pop(), await post(server)].map((event) => event?.id)
    expect(posted.length).toBeGreaterThan(2)
    server.kill()
    await server.exited

    const again = await start(asProcess)
    const next = await post(again)
    expect(next.isStored).toBe(true)
    // Whoever stands before what was lost, or at one of these.
    for (const id of [posted.at(-1)?.id, ...lost]) {
      const stream = new EventStreamClient(again, `/stream/events?last_event_id=${id}`, KEY)
      expect(numbers(await stream.sees('event'))).toEqual([n - 1])
      expect(stream.received.map(({ type }) => type)).toEqual(['connected', 'gap', 'event'])
      expect(stream.all('gap')).toEqual([{ missed_from: id, missed_to: expect.stringMatching(/^\d+-\d+$/) }])
      stream.close()
    }
    const resumed = new EventStreamClient(again, `/stream/events?last_event_id=${next.id}`, KEY)
    await resumed.sees('connected')
    await post(again)
    expect(numbers(await resumed.sees('event'))).toEqual([n - 1])
    expect(resumed.all('gap')).toEqual([])
  })
})
