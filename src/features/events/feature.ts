import { eventRoutes } from '../../http/routes/event-routes.ts'
import type { Feature } from '../feature.ts'
import { installReports } from './reports.ts'

/** `/events`: the event log, and what the server itself reports in it. */
export const events: Feature = {
  name: 'events',
  install(house) {
    const { app, guard, events, hub } = house
    eventRoutes(app, {
      guard,
      events,
      pictureOf: (principal, stream) => hub.directory.pictureForEvent(principal, stream),
    })
    installReports(house)
  },
}
