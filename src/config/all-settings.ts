import Type from 'typebox'
import { accessSettings, tokenSettings } from '../features/accounts/settings.ts'
import { cameraSettings } from '../features/cameras/settings.ts'
import { commandSettings } from '../features/commands/settings.ts'
import { demoSettings } from '../features/demo/settings.ts'
import { labelSettings } from '../features/detection-hub/settings.ts'
import { eventSettings } from '../features/events/settings.ts'
import { firstInstrumentSettings, instrumentSettings } from '../features/instruments/settings.ts'
import { pageSettings } from '../features/page/settings.ts'
import { renditionSettings } from '../features/renditions/settings.ts'
import { streamingSettings } from '../features/streaming/settings.ts'
import { dataSettings, snapshotSettings } from '../features/streams/settings.ts'
import { uploadSettings } from '../features/uploads/settings.ts'
import { lineSettings, webhookSettings } from '../features/webhooks/settings.ts'
import { frameSettings } from './groups/frames.ts'
import { generalSettings } from './groups/general.ts'
import { httpSettings } from './groups/http.ts'
import { limitSettings } from './groups/limits.ts'
import { logSettings } from './groups/log.ts'
import { redisSettings } from './groups/redis.ts'
import { sourceSettings } from './groups/sources.ts'
import { streamSettings } from './groups/streams.ts'
import { viewerSettings } from './groups/viewers.ts'

/**
 * The schema of every setting, by group, in the order of the documentation. Parsing, docs/configuration.md and the
 * commented configuration file are all derived from it. Settings of one feature are defined with the feature, all
 * others in groups/. Beside JSON Schema keywords a field may have: `unit`; `form`, the expected format of a text in
 * words; `secret`, which keeps the value out of messages; `minBytes`, the minimum length in UTF-8; `isPath`, for the
 * path of a file or folder, which is made absolute; `alias`, another name that existing installations use: an
 * environment variable (`JWT_SECRET_KEY`), or the path that the setting had before (`events.buffer`); and
 * `description`, for the operator.
 */
export const ConfigSchema = Type.Object({
  ...generalSettings,
  ...firstInstrumentSettings,
  access: accessSettings,
  tokens: tokenSettings,
  limits: limitSettings,
  http: httpSettings,
  frames: frameSettings,
  streams: streamSettings,
  sources: sourceSettings,
  cameras: cameraSettings,
  instruments: instrumentSettings,
  redis: redisSettings,
  labels: labelSettings,
  viewers: viewerSettings,
  snapshot: snapshotSettings,
  data: dataSettings,
  renditions: renditionSettings,
  page: pageSettings,
  demo: demoSettings,
  events: eventSettings,
  streaming: streamingSettings,
  commands: commandSettings,
  webhook: webhookSettings,
  line: lineSettings,
  uploads: uploadSettings,
  log: logSettings,
})

/** The loaded configuration: every setting with a default is present, and paths are absolute. */
export type Config = Type.Static<typeof ConfigSchema>

/** Pairs of durations of which the first must be shorter; the units may differ (`_ms`, `_s`). */
export const DURATION_ORDER = [
  ['streams.stale_after_ms', 'streams.offline_after_s'],
  ['streams.offline_after_s', 'streams.forget_after_s'],
  ['viewers.idle_ping_s', 'viewers.dead_after_s'],
  ['http.head_timeout_s', 'http.request_timeout_s'],
  ['instruments.heartbeat_s', 'instruments.heartbeat_timeout_s'],
] as const
