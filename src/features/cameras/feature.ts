import { CameraList } from '../../core/camera-list.ts'
import { CameraRunner } from '../../core/camera-runner.ts'
import { HubCameraList } from '../../core/hub-camera-list.ts'
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
    const { max, tests_at_once, tests_per_minute, addresses } = config.cameras
    const puller = house.cameraPuller ?? cameraPuller(house)
    const hub = new HubCameraList(stores.hubCameras)
    const whyNot = supervisor.mayRun ? undefined : NOT_HERE
    const runner = new CameraRunner({ known, puller, whyNot, max })
    const list = new CameraList({ known, store: stores.cameras, hub, runner })
    await list.load(configuredCameras(config))
    for (const { settings, problem } of known.all)
      if (problem !== undefined) log.warn({ stream: settings.stream }, `a camera cannot be pulled: ${problem}`)
    const follow = () => list.refresh()
    hub.onChanged(follow)
    const forget = stores.changes.subscribe('cameras', () => {
      follow().catch((error: unknown) => log.warn({ err: error }, 'the list of cameras cannot be read'))
    })
    await configRoutes(app, { guard, readBody, accounts, cameras: hub })
    const tests = new CameraTests({ puller, clock, atOnce: tests_at_once, perMinute: tests_per_minute })
    cameraRoutes(app, { guard, accounts, cameras: list, puller, tests, privateAddresses: addresses.private })
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
