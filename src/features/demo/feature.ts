import { demoRoutes } from '../../http/routes/demo-routes.ts'
import { DEMO_LABEL, Demo } from '../../sources/demo.ts'
import type { Feature } from '../feature.ts'

/** The demo: three generated streams for trying things out without a camera, and the API to start and stop them. */
export const demo: Feature = {
  name: 'demo',
  install(house) {
    const { app, guard, supervisor, clock, log, config } = house
    const demo = new Demo({ supervisor, clock, log, seed: config.demo.seed })
    demoRoutes(app, { guard, demo, label: DEMO_LABEL })
    house.onClosing(() => demo.stop())
    // Another server draws it for all.
    if (!config.demo.start || !supervisor.mayRun) return
    house.onListening(() =>
      demo.start().catch((error) => house.isClosing || log.warn({ err: error }, 'the demo could not be started')),
    )
  },
}
