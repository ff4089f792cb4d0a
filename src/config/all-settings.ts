import Type from 'typebox'
import { accessSettings, tokenSettings } from '../features/accounts/settings.ts'
import { demoSettings } from '../features/demo/settings.ts'
import { labelSettings } from '../features/detection-hub/settings.ts'
import { eventSettings } from '../features/events/settings.ts'
import { pageSettings } from '../features/page/settings.ts'
import { snapshotSettings } from '../features/streams/settings.ts'
import { uploadSettings } from '../features/uploads/settings.ts'
import { lineSettings, webhookSettings } from '../features/webhooks/settings.ts'
import { frameSettings } from './groups/frames.ts'
import { generalSettings } from './groups/general.ts'
import { httpSettings } from './groups/http.ts'
import { limitSettings } from './groups/limits.ts'
import { logSettings } from './groups/log.ts'
import { streamSettings } from './groups/streams.ts'
import { viewerSettings } from './groups/viewers.ts'

/**
 * Every setting there is, group by group, in the order of the documentation. The reader, docs/configuration.md and the
 * commented configuration file are all made from this. What belongs to one feature stands with it, the rest in groups/.
 * Beside JSON Schema's words a field has: `unit`; `form`, which says in words what a text must look like; `secret`,
 * which keeps the value out of messages; `minBytes`, its least length as UTF-8; `isPath`, for the path of a file or
 * folder, which is made absolute; `alias`, an environment variable of another name that existing installations set; and
 * a description for the operator.
 */
export const ConfigSchema = Type.Object({
  ...generalSettings,
  access: accessSettings,
  tokens: tokenSettings,
  limits: limitSettings,
  http: httpSettings,
  frames: frameSettings,
  streams: streamSettings,
  labels: labelSettings,
  viewers: viewerSettings,
  snapshot: snapshotSettings,
  page: pageSettings,
  demo: demoSettings,
  events: eventSettings,
  webhook: webhookSettings,
  line: lineSettings,
  uploads: uploadSettings,
  log: logSettings,
})

/** The settings as the server uses them: every one with a default is present, and paths are absolute. */
export type Config = Type.Static<typeof ConfigSchema>

/** Pairs of settings of which the first must be the shorter time; the units may differ. */
export const SHORTER_THAN = [
  ['streams.stale_after_ms', 'streams.offline_after_s'],
  ['streams.offline_after_s', 'streams.forget_after_s'],
  ['viewers.idle_ping_s', 'viewers.dead_after_s'],
] as const
