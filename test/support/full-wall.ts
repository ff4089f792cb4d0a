import type { Page } from 'playwright-core'
import { TestServer } from './server.ts'
import { Source } from './source.ts'
import { untilTiles } from './wall.ts'

/** A server whose wall shows every case: a live tile, one with a warning, one that stopped, two labels. */
export async function startFullWall(): Promise<{ server: TestServer; live: Source }> {
  const server = await TestServer.start({ config: { 'streams.stale_after_ms': 500 } })
  await server.publish('gate', 'stopped')
  const live = new Source(server.url, { key: 'live' }, 10)
  new Source(server.url, { key: 'warned', warnings_json: '{"warning_no_hardhat":{"count":2}}' }, 10)
  return { server, live }
}

/** Waits until the page shows that wall. */
export async function untilFullWall(page: Page): Promise<void> {
  await untilTiles(
    page,
    (tiles) => tiles.map(({ kind, isWarned }) => `${kind}${isWarned ? '!' : ''}`).join(' ') === 'stopped live live!',
    'a wall with all there is',
  )
}
