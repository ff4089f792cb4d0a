import { CameraList } from '../../core/camera-list.ts'
import { configRoutes } from '../../http/routes/camera-config-routes.ts'
import type { Feature } from '../feature.ts'

/** `/api/config`: the list of configured cameras. */
export const cameras: Feature = {
  name: 'cameras',
  install({ app, guard, readBody, accounts, stores }) {
    return configRoutes(app, { guard, readBody, accounts, cameras: new CameraList(stores.cameras) })
  },
}
