/*
 * The public API of the SDK: watch and publish live streams from a browser or from Node 22 and newer, without
 * dependencies. See docs/sdk.md.
 */

export type { AppliedColouring, Colormap, ColouringWish, LevelRange, Levels } from '../src/core/colouring.ts'
export type { ValuesCompression, ValuesWish } from '../src/core/demand.ts'
export type { Priority } from '../src/core/event.ts'
export type { EventGap } from '../src/core/event-store.ts'
export type { Metadata } from '../src/core/frame.ts'
export type { Json } from '../src/core/json.ts'
export type { Orientation } from '../src/core/orientation.ts'
export type { ElementType, PackedArray, Quantisation, TypedArray } from '../src/core/payload.ts'
export type { StreamName } from '../src/core/stream-name.ts'
export type { EventJson, SpooledEventJson } from '../src/wire/event-json.ts'
export type { LiveStream } from '../src/wire/live-messages.ts'
export { decode, encode, isBase64 as is_base64 } from '../src/wire/name-encoding.ts'
export type { PulseFields } from '../src/wire/pulse-fields.ts'
export type { ClientSocket } from './client-socket.ts'
export { CONNECTING, DISCONNECTED, type LiveState, type StateReason } from './codes.ts'
export { CommandError, type CommandErrorCode, type CommandOptions } from './command.ts'
export type { EventOptions, EventSubscription, EventSubscriptionEvents } from './event-subscription.ts'
export { FramePublisher, type FramePublisherEvents, type FramePublisherOptions } from './frame-publisher.ts'
export { LiveClient } from './live-client.ts'
export type { LiveClientEvents, LiveClock, LiveConnected, LiveError, LiveWatching } from './live-events.ts'
export { LiveFrame } from './live-frame.ts'
export type { LiveClientOptions } from './live-options.ts'
export { dequantised, type FrameValues, valuesOf } from './values.ts'
export type { Watch, WatchLimits, WatchOptions } from './watch.ts'
