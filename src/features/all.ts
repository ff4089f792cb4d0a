import { accounts } from './accounts/feature.ts'
import { cameras } from './cameras/feature.ts'
import { commands } from './commands/feature.ts'
import { demo } from './demo/feature.ts'
import { detectionHub } from './detection-hub/feature.ts'
import { events } from './events/feature.ts'
import type { Feature } from './feature.ts'
import { instruments } from './instruments/feature.ts'
import { live } from './live/feature.ts'
import { page } from './page/feature.ts'
import { renditions } from './renditions/feature.ts'
import { status } from './status/feature.ts'
import { streaming } from './streaming/feature.ts'
import { streams } from './streams/feature.ts'
import { uploads } from './uploads/feature.ts'
import { webhooks } from './webhooks/feature.ts'

/** Every feature, in the order in which the documentation lists their routes. */
export const FEATURES: readonly Feature[] = [
  detectionHub,
  streams,
  renditions,
  live,
  status,
  accounts,
  events,
  streaming,
  commands,
  webhooks,
  uploads,
  cameras,
  instruments,
  demo,
  page,
]
