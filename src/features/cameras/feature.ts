import { CameraList } from '../../core/camera-list.ts'
import { CameraRunner } from '../../core/camera-runner.ts'
import { tooMany } from '../../core/errors.ts'
import { HubCameraList } from '../../core/hub-camera-list.ts'
import type { KnownCameras } from '../../core/known-cameras.ts'
import type { Log } from '../../core/log.ts'
import { RateLimiter } from '../../core/rate-limiter.ts'
import { configRoutes } from '../../http/routes/camera-config-routes.ts'
import { cameraImportRoute } from '../../http/routes/camera-import-route.ts'
import { cameraRoutes } from '../../http/routes/camera-routes.ts'
import { CameraTests } from '../../http/routes/camera-tests.ts'
import type { Feature } from '../feature.ts'
import { configuredCameras } from './configured.ts'
import { ImportThread } from './import-thread.ts'
import { addCameraMetrics } from './metrics.ts'
import { cameraPuller } from './puller.ts'

/**
 * `/cameras`: the cameras that this server pulls, from the configuration, added here, and switched on in the detection hub's
 * list; `/api/config`: that list.
 */
export const cameras: Feature = {
  name: 'cameras',
  async install(house) {
    const { app, guard, readBody, accounts, stores, supervisor, clock, log, metrics, config, cameras: known } = house
    const { max, tests_at_once, tests_per_minute, changes_per_minute, addresses } = config.cameras
    const puller = house.cameraPuller ?? cameraPuller(house)
    const hub = new HubCameraList(stores.hubCameras)
    const whyNot = supervisor.mayRun ? undefined : NOT_HERE
    const runner = new CameraRunner({ known, puller, whyNot, max })
    const list = new CameraList({ known, store: stores.cameras, hub, runner })
    await list.load(configuredCameras(config))
    warnOfProblems(known, log)
    const follow = () =>
      list.refresh().catch((error: unknown) => log.error({ err: error }, 'the list of cameras cannot be read'))
    hub.onChanged(follow)
    const forget = stores.changes.subscribe('cameras', follow)
    await configRoutes(app, { guard, readBody, accounts, cameras: hub })
    const tests = new CameraTests({ puller, clock, atOnce: tests_at_once, perMinute: tests_per_minute })
    const changes = new RateLimiter({ amount: changes_per_minute, period: 60_000 }, clock)
    cameraRoutes(app, {
      ...{ guard, accounts, cameras: list, puller, tests, privateAddresses: addresses.private },
      countChange: (client) => {
        const wait = changes.take(client)
        if (wait > 0) throw tooMany(wait, `${changes_per_minute} changes of cameras`, 'cameras.changes_per_minute')
      },
    })
    const importing = new ImportThread(clock)
    cameraImportRoute(app, { guard, accounts, cameras: list, tests, read: (text) => importing.read(text) })
    addCameraMetrics(metrics, known)
    house.onListening(() => {
      list.start().catch((error: unknown) => log.error({ err: error }, 'the cameras cannot be started'))
    })
    house.onClosing(() => {
      forget()
      importing.close()
      return list.close()
    })
  },
}

const NOT_HERE = 'This server pulls no cameras (sources.pull is false); another server of the installation does.'

/** How many names of cameras one line of the log has. */
const NAMES_LOGGED = 20

/** Says of the cameras that cannot be pulled why, those with the same reason together. */
function warnOfProblems(known: KnownCameras, log: Log): void {
  const having = known.all.filter(({ problem }) => problem !== undefined)
  for (const [problem, cameras] of Map.groupBy(having, (camera) => camera.problem)) {
    const names = cameras
      .slice(0, NAMES_LOGGED)
      .map(({ settings }) => `${settings.stream.label}/${settings.stream.key}`)
    log.warn({ cameras: names, count: cameras.length }, `cameras cannot be pulled: ${problem}`)
  }
}
