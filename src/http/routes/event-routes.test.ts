import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { makeTestApp } from '../../../test/support/app.ts'
import { NOBODY } from '../../../test/support/connections.ts'
import { anyone } from '../../../test/support/hub.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { MemoryEventStore } from '../../../test/support/memory-event-store.ts'
import { EventLog } from '../../core/event-log.ts'
import type { KnownRequest } from '../transport/request-guard.ts'
import { eventRoutes } from './event-routes.ts'

it('sends of an event what readers are to know, and nothing that the log keeps for itself', async () => {
  const clock = new ManualClock()
  const log = pino({ level: 'silent' })
  const store = new MemoryEventStore({ clock, size: 10, bytes: 1e6 })
  const app = await makeTestApp()
  onTestFinished(() => app.close())
  const require = () => async (request: KnownRequest) => {
    request.identity = { principal: anyone }
  }
  const events = new EventLog({
    clock,
    log,
    store,
    inNextTurn: setImmediate,
    pageSize: 10,
    pageBytes: 1e6,
    eventsPerMinute: 10,
  })
  eventRoutes(app, {
    guard: { require, requireUncounted: require, holderOf: () => NOBODY },
    events,
    pictureOf: () => undefined,
  })
  await store.append({
    type: 'disk.full',
    timestamp: 1,
    source: 'system',
    priority: 'NORMAL',
    data: {},
    needs: 'administer',
  })
  const response = await app.inject('/events')
  expect(response.json()).toEqual({
    events: [
      { id: expect.any(String), type: 'disk.full', timestamp: 1, source: 'system', priority: 'NORMAL', data: {} },
    ],
    position: expect.any(String),
    epoch: expect.any(String),
    has_more: false,
  })
})
