import { eventRoutes } from '../../http/routes/event-routes.ts'
import type { Feature } from '../feature.ts'

/** `GET /events`: the event log. */
export const events: Feature = {
  name: 'events',
  install({ app, guard, events, hub }) {
    eventRoutes(app, {
      guard,
      events,
      pictureOf: (principal, stream) => hub.directory.pictureForEvent(principal, stream),
    })
  },
}
