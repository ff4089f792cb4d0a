import Type from 'typebox'
import type { Clock } from '../../core/clock.ts'
import { levelsText } from '../../core/colouring.ts'
import type { Counters } from '../../core/counters.ts'
import { type PictureWish, qualityNamed } from '../../core/demand.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { type Frame, isImageFrame } from '../../core/frame.ts'
import type { Hub } from '../../core/hub.ts'
import type { KnownCameras } from '../../core/known-cameras.ts'
import type { KnownInstruments } from '../../core/known-instruments.ts'
import { rounded } from '../../core/numbers.ts'
import type { Principal } from '../../core/principal.ts'
import type { RememberedStream } from '../../core/remembered-stream.ts'
import { STREAM_STARTS, STREAM_STATES } from '../../core/stream.ts'
import type { StreamStatus } from '../../core/stream-directory.ts'
import { checkName, type StreamName } from '../../core/stream-name.ts'
import { snapshot, tagOf } from '../../sinks/snapshot.ts'
import { type ColouringFields, readColouring } from '../../wire/colouring-query.ts'
import { pulseFieldsOf } from '../../wire/pulse-fields.ts'
import type { App } from '../transport/app.ts'
import { principalOf } from '../transport/request-guard.ts'
import { REVALIDATED } from '../transport/response-headers.ts'
import { NoContent, PictureResponse } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'
import { describeStreamCamera, StreamCameraSchema } from './camera-schemas.ts'
import { ColouringQuery } from './colouring-query.ts'
import { describeStreamInstrument, StreamInstrumentSchema } from './instrument-schemas.ts'

/** What the stream routes need. */
export interface StreamRouteParts extends AccountRouteParts {
  readonly hub: Hub
  readonly clock: Clock
  /** In which those who have waited for the next picture are answered. */
  readonly turns: EventLoopTurns
  readonly counters: Counters
  readonly instruments: KnownInstruments
  readonly cameras: KnownCameras
  /** The maximum of `?wait=`, in seconds. */
  readonly maxWait: number
  /** How long to wait for the next picture of a stream that gives none from before, ms. */
  readonly nextWait: number
}

const PulseSchema = Type.Object(
  {
    id: Type.String({ description: 'To the last of 64 bits' }),
    timestamp: Type.Optional(Type.String({ description: 'When it was, s since 1970 with nine decimals' })),
    channel_timestamp: Type.Optional(Type.String({ description: 'When the channel of the frame was read, likewise' })),
  },
  { description: 'The pulse that it belongs to, of an instrument' },
)

const StreamSchema = Type.Object({
  label: Type.String(),
  key: Type.String(),
  state: Type.Enum([...STREAM_STATES]),
  reason: Type.Optional(Type.String({ description: 'Why it is not live, in words' })),
  since: Type.Number({ description: 'When the state last changed, ms since 1970' }),
  undecodable: Type.Optional(
    Type.Object(
      {
        reason: Type.String(),
        since: Type.Number({ description: 'When the first of them was received, ms since 1970' }),
      },
      { description: 'That its pictures cannot be decoded, as making smaller ones has shown' },
    ),
  ),
  start: Type.Optional(
    Type.Enum([...STREAM_STARTS], {
      description: 'What a viewer gets first: `next` gives no picture from before; left out: `newest`',
    }),
  ),
  fps: Type.Number(),
  bytes_per_s: Type.Number(),
  width: Type.Optional(Type.Integer({ description: 'Pixels' })),
  height: Type.Optional(Type.Integer({ description: 'Pixels' })),
  viewers: Type.Integer(),
  unchanged: Type.Optional(
    Type.Object(
      {
        what: Type.Enum(['picture', 'captured_at']),
        since: Type.Number({ description: 'When the first of them was received, ms since 1970' }),
      },
      { description: 'What stands still though frames come: their pictures are equal, or their times of capture' },
    ),
  ),
  last_seen_at: Type.Optional(
    Type.Number({
      description:
        'Of one that has sent nothing since the server started: when its last frame was received, ms since 1970',
    }),
  ),
  last_frame: Type.Optional(
    Type.Object({
      id: Type.String(),
      received_at: Type.Number({ description: 'ms since 1970' }),
      captured_at: Type.Union([Type.Number(), Type.Null()], { description: "ms since 1970 by the source's clock" }),
      pulse: Type.Optional(PulseSchema),
      age_ms: Type.Number(),
      bytes: Type.Integer(),
      media_type: Type.Optional(Type.String({ description: 'Of a picture' })),
    }),
  ),
  instrument: Type.Optional(StreamInstrumentSchema),
  camera: Type.Optional(StreamCameraSchema),
})

const NameParams = Type.Object({ label: Type.String(), key: Type.String() })

/**
 * `/streams`: the state of every stream and of one, and to remove one; `…/snapshot`: its newest picture, or with `?wait=` (long
 * polling) the next.
 */
export function streamRoutes(app: App, parts: StreamRouteParts): void {
  const { hub, clock, guard, instruments, cameras } = parts
  const described = (principal: Principal, stream: StreamStatus, now: number) => {
    const status = principal.isPicturesOnly ? undefined : instruments.statusOf(stream)
    const instrument = status && describeStreamInstrument(status, instruments.unitsOf(stream))
    const pulled = principal.isPicturesOnly ? undefined : cameras.statusOf(stream)
    const camera = pulled && describeStreamCamera(pulled)
    return { ...describe(stream, now), ...(instrument && { instrument }), ...(camera && { camera }) }
  }
  app.get(
    '/streams',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'Every stream, how it is doing, and its last frame',
        tags: ['streams'],
        response: { 200: Type.Object({ now: Type.Number(), streams: Type.Array(StreamSchema) }) },
      },
    },
    (request) => {
      const principal = principalOf(request)
      const streams = hub.directory.list(principal)
      const now = clock.now()
      return { now, streams: streams.map((stream) => described(principal, stream, now)) }
    },
  )

  app.get(
    '/streams/:label/:key',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'One stream, how it is doing, and its last frame',
        tags: ['streams'],
        params: NameParams,
        response: { 200: Type.Object({ now: Type.Number(), ...StreamSchema.properties }) },
      },
    },
    (request) => {
      const principal = principalOf(request)
      const stream = hub.directory.status(principal, nameIn(request.params))
      const now = clock.now()
      return { now, ...described(principal, stream, now) }
    },
  )

  app.delete(
    '/streams/:label/:key',
    {
      onRequest: guard.require('administer'),
      schema: {
        summary: 'Remove a stream with its pictures',
        description: 'If its source goes on sending, it comes back with the next picture.',
        tags: ['streams'],
        params: NameParams,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const actor = actorOf(parts, request)
      const stream = nameIn(request.params)
      hub.remove(principalOf(request), stream)
      parts.accounts.audit.note(actor, { action: 'stream.remove', target: `${stream.label}/${stream.key}` })
      return reply.code(204).send()
    },
  )

  app.get(
    '/streams/:label/:key/snapshot',
    {
      onRequest: guard.requireForReader('view'),
      schema: {
        summary: 'The newest picture of a stream',
        description:
          'With `wait`, or where the stream starts with the next one, the next one: newer than `If-None-Match` says, or than the newest there is. With `quality` or `width` a smaller picture, never a larger one. An array is drawn, as `colormap`, `levels` and `log` say.',
        tags: ['streams'],
        params: NameParams,
        querystring: Type.Object({
          wait: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: parts.maxWait, description: 'Seconds' })),
          id: Type.Optional(Type.String({ description: 'That frame, if it is still kept' })),
          quality: Type.Optional(
            Type.String({ description: 'low, medium or high: a size and a JPEG quality; any other word is medium' }),
          ),
          width: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 16_384,
              description: 'At least so many pixels wide, of a few widths; not looked at beside `quality`',
            }),
          ),
          ...ColouringQuery,
          token: Type.Optional(Type.String()),
        }),
        response: {
          200: PictureResponse,
          304: Type.Unsafe<undefined>(Type.Null({ description: 'There is no newer one' })),
        },
      },
    },
    async (request, reply) => {
      const stream = nameIn(request.params)
      const { wait, id } = request.query
      const picture = wishIn(request.query)
      const seen = seenTag(request.headers['if-none-match'])
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const { client } = parts.guard.holderOf(request)
      const wanted = { client, stream, id, seen, picture, wait: wait === undefined ? undefined : wait * 1000 }
      const frame = await snapshot(
        { ...parts, maxStart: parts.maxWait * 1000 },
        principalOf(request),
        wanted,
        gone.signal,
      )
      reply.header('cache-control', REVALIDATED)
      const colouring = frame?.payload.colouring
      if (!frame) return reply.header('etag', `"${seen}"`).code(304).send()
      reply.headers({
        etag: `"${tagOf(frame.id, picture)}"`,
        'last-modified': new Date(frame.receivedAt).toUTCString(),
        'x-frame-id': frame.id,
        'x-received-at': String(frame.receivedAt),
        ...(frame.capturedAt !== undefined && { 'x-captured-at': String(frame.capturedAt) }),
        ...(colouring && { 'x-colormap': colouring.colormap, 'x-levels': levelsText(colouring.levels) }),
      })
      return reply.type(frame.payload.mediaType).send(frame.payload.bytes)
    },
  )
}

function nameIn({ label, key }: StreamName): StreamName {
  return { label: checkName('label', label), key: checkName('key', key) }
}

function describe(stream: StreamStatus, now: number) {
  return {
    label: stream.label,
    key: stream.key,
    state: stream.state,
    ...(stream.state !== 'live' && { reason: stream.reason }),
    since: stream.since,
    ...(stream.undecodable && { undecodable: stream.undecodable }),
    ...(stream.start !== 'newest' && { start: stream.start }),
    fps: rounded(stream.fps, stream.fps < 1 ? 4 : 2),
    bytes_per_s: Math.round(stream.bytesPerSecond),
    viewers: stream.demand.viewers,
    ...(stream.stillness && { unchanged: stream.stillness }),
    ...(stream.remembered && describeRemembered(stream.remembered)),
    ...(stream.newest && describeFrame(stream.newest, now)),
  }
}

/** Of what starts with the next frame, nothing from before is told. */
function describeRemembered({ start, size, lastSeenAt }: RememberedStream) {
  return start === 'newest' ? { ...size, last_seen_at: lastSeenAt } : {}
}

function describeFrame(newest: Frame, now: number) {
  return {
    width: newest.size.width,
    height: newest.size.height,
    last_frame: {
      id: newest.id,
      received_at: newest.receivedAt,
      captured_at: newest.capturedAt ?? null,
      ...(newest.pulse && { pulse: pulseFieldsOf(newest.pulse) }),
      age_ms: Math.max(0, now - newest.receivedAt),
      bytes: newest.byteLength,
      ...(isImageFrame(newest) && { media_type: newest.payload.mediaType }),
    },
  }
}

/** Which picture a query asks for; undefined: the original. */
function wishIn({ quality, width, ...fields }: SizeFields & ColouringFields): PictureWish | undefined {
  const colouring = readColouring(fields)
  if (quality === undefined && width === undefined && !colouring) return undefined
  return { ...(quality === undefined ? { width } : { quality: qualityNamed(quality) }), colouring }
}

interface SizeFields {
  readonly quality?: string
  readonly width?: number
}

/** The tag in an `If-None-Match` (RFC 9110, section 13.1.2). Only our own ETags are expected, which are strong. */
function seenTag(header: string | undefined): string | undefined {
  return /"([^"]*)"/.exec(header ?? '')?.[1]
}
