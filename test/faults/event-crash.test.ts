import { expect, it } from 'vitest'
import { listOf } from '../support/accounts.ts'
import { ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess } from '../support/command-runners.ts'
import { authorized, type Fields } from '../support/server.ts'
import { until } from '../support/until.ts'

const KEY = 'a-publish-key-for-tests'
const PUBLISHERS = 16

it('events that were acknowledged survive a SIGKILL in the middle of a flood, and a resume misses none of them', async () => {
  const folder = temporaryFolder()
  const start = () =>
    ServerCommand.start(
      ['--data-dir', folder, '--log.level', 'error', '--limits.events_per_minute', '1000000'],
      { BELVEDERE_PUBLISH_KEY: KEY },
      asProcess,
    )
  const server = await start()
  /** What was acknowledged, by id. */
  const acknowledged = new Map<string, string>()
  const publish = async (publisher: number) => {
    for (let number = 0; ; number++) {
      const data = `${publisher}:${number}`
      const answer = await fetch(`${server.url}/events`, {
        method: 'POST',
        headers: { ...authorized(KEY), 'Content-Type': 'application/json' },
        body: JSON.stringify({ type: 'crash', label: 'site', data }),
      })
      const { id } = (await answer.json()) as { id: string }
      expect(answer.status).toBe(200)
      acknowledged.set(id, data)
    }
  }
  const publishers = Array.from({ length: PUBLISHERS }, (_, i) => publish(i).catch((error: unknown) => error))
  await until(() => acknowledged.size > 500, 'some hundred events')
  server.kill()
  await Promise.all(publishers)
  await server.exited
  expect(acknowledged.size).toBeGreaterThan(500)

  const again = await start()
  const stored = new Map<string, unknown>()
  const [first] = acknowledged.keys()
  const seen = [...acknowledged].slice(0, 1)
  for (let after = first; ; ) {
    const answer = await fetch(`${again.url}/events?after=${after}&limit=100`, { headers: authorized(KEY) })
    const page = (await answer.json()) as Fields
    expect(page.gap).toBeUndefined()
    const events = listOf(page, 'events')
    for (const { id, data } of events) {
      expect(stored.has(String(id))).toBe(false)
      stored.set(String(id), data)
    }
    if (page.has_more !== true) break
    after = String(events.at(-1)?.id)
  }
  const lost = [...acknowledged].filter(([id, data]) => stored.get(id) !== data)
  // The first one is where the reader resumed.
  expect(lost).toEqual(seen)
})
