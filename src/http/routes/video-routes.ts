import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import type { DefaultCamera } from '../../core/default-camera.ts'
import { type PictureQuality, type PictureWish, qualityNamed } from '../../core/demand.ts'
import { Refusal } from '../../core/errors.ts'
import type { Hub } from '../../core/hub.ts'
import type { Size } from '../../core/payload.ts'
import { hasPriority } from '../../core/principal.ts'
import { PRIVILEGED } from '../../core/quota-client.ts'
import { checkName, type StreamName } from '../../core/stream-name.ts'
import { slateLanguage } from '../../sinks/mjpeg/slate-texts.ts'
import type { Videos } from '../../sinks/mjpeg/videos.ts'
import { readColouring } from '../../wire/colouring-query.ts'
import { MULTIPART_JPEG } from '../../wire/multipart-jpeg.ts'
import type { App } from '../transport/app.ts'
import { type NoteRefusal, statusOf } from '../transport/error-handler.ts'
import type { OpenResponse } from '../transport/long-response.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { ColouringQuery } from './colouring-query.ts'

/** What the routes of videos need. */
export interface VideoRouteParts {
  readonly hub: Hub
  readonly guard: RequestGuard
  readonly videos: Videos
  readonly openResponse: OpenResponse
  readonly noteRefusal: NoteRefusal
  readonly camera: DefaultCamera
  /** When to come again where the server is full, ms. */
  readonly fullRetry: number
  /** The bounds of each quality: the size of a slate before there is a picture. */
  readonly sizes: Readonly<Record<PictureQuality, Size>>
}

const HEADERS = {
  'content-type': MULTIPART_JPEG,
  // No proxy may keep it, change it or hold it back until it is full; some old readers know only the last two.
  'cache-control': 'no-cache, no-store, no-transform, must-revalidate, max-age=0',
  pragma: 'no-cache',
  expires: '0',
  'x-accel-buffering': 'no',
  // Nothing in it is a page. A short one, as each response keeps its head for as long as it is open.
  'content-security-policy': "default-src 'none'",
}

const VideoResponse = {
  200: {
    description: 'JPEGs, one after the other, for as long as the response is open',
    content: { 'multipart/x-mixed-replace': { schema: Type.Unsafe<Buffer>(Type.String()) } },
  },
}

const WishQuery = {
  quality: Type.Optional(
    Type.String({
      description: '`low`, `medium` or `high`: size, frame rate and JPEG quality; another word is `medium`',
    }),
  ),
  width: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 16_384, description: 'Instead: the width that it is shown at, pixels' }),
  ),
  fps: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 1000, description: 'At most so many frames a second' }),
  ),
  ...ColouringQuery,
  lang: Type.Optional(Type.String({ description: 'The language of slates, `en` or `zh`; default: `Accept-Language`' })),
  token: Type.Optional(Type.String()),
}

const Wishes = Type.Object(WishQuery)

type Wishes = Static<typeof Wishes>

/** `/streams/{label}/{key}/mjpeg`: a stream as MJPEG, which an `<img>` shows. */
export function mjpegRoute(app: App, parts: VideoRouteParts): void {
  app.get(
    '/streams/:label/:key/mjpeg',
    {
      onRequest: parts.guard.requireForReader('view'),
      schema: {
        summary: 'A stream as MJPEG',
        description: 'While there are no pictures, one that says so. Where there is no room: 503.',
        tags: ['streams'],
        params: Type.Object({ label: Type.String(), key: Type.String() }),
        querystring: Wishes,
        response: VideoResponse,
      },
    },
    (request, reply) => {
      const { label, key } = request.params
      const stream = { label: checkName('label', label), key: checkName('key', key) }
      open(parts, request, reply, stream, wishOf(request.query, undefined))
    },
  )
}

/** The doorbell's `/stream/video/{client_id}`. */
export async function doorbellVideoRoute(app: App, parts: VideoRouteParts): Promise<void> {
  const { guard, hub, camera, videos } = parts
  await app.register(async (own: App) => {
    own.setErrorHandler((error: FastifyError | Refusal, request, reply) => answerError(parts, error, request, reply))
    own.get(
      '/stream/video/:client_id',
      {
        onRequest: guard.requireForReader('view'),
        schema: {
          summary: 'The default camera, or another stream, as MJPEG',
          description: 'As `/streams/{label}/{key}/mjpeg`. Where there is no camera or no room: 503.',
          tags: ['streams'],
          params: Type.Object({ client_id: Type.String({ description: 'A name of the client’s own choice' }) }),
          querystring: Type.Object({
            label: Type.Optional(Type.String()),
            key: Type.Optional(Type.String()),
            ...WishQuery,
          }),
          response: VideoResponse,
        },
      },
      (request, reply) => {
        const id = checkName('client_id', request.params.client_id)
        const { label, key } = request.query
        const stream = label === undefined && key === undefined ? camera.of(principalOf(request)) : nameIn(label, key)
        if (!stream) throw noCamera()
        // An `<img>` does not tell its page when a video has ended, so the page asks.
        if (request.method === 'HEAD')
          reply.header('x-video', videos.isOpen(principalOf(request), id) ? 'open' : 'closed')
        try {
          if (!hub.directory.isKnown(principalOf(request), stream)) throw noCamera()
          open(parts, request, reply, stream, wishOf(request.query, 'medium'), id)
        } catch (error) {
          throw error instanceof Refusal && error.code === 'not_found' ? noCamera() : error
        }
      },
    )
  })
}

function open(
  { hub, guard, videos, openResponse, fullRetry, sizes }: VideoRouteParts,
  request: FastifyRequest<{ Querystring: Wishes }>,
  reply: FastifyReply,
  stream: StreamName,
  wish: PictureWish,
  id?: string,
): void {
  const principal = principalOf(request)
  try {
    hub.pictures.checkRoom(principal, stream, { ...wish, onlyJpeg: true }, guard.holderOf(request).client)
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'limited')) throw error
    // By the contract it is 503 where there is no room, whoever takes it.
    const { message, limit, retryAfter = fullRetry / 1000 } = error
    throw new Refusal('exhausted', message, { limit, retryAfter })
  }
  const client = guard.connectionsOf(request, principal)
  // Who is on this machine itself has no share either.
  const hasNoShare = client === undefined || hasPriority(principal)
  const { fps, lang } = request.query
  const video = {
    principal,
    id,
    owner: hasNoShare ? PRIVILEGED : { client, isPrivileged: false },
    stream,
    state: hub.directory.condition(principal, stream).state,
    wish,
    maxFps: fps,
    language: slateLanguage(lang, request.headers['accept-language']),
    plainSize: plainSizeOf(wish, sizes),
  }
  openResponse(request, reply, { headers: HEADERS, visit: (connection) => videos.open(video, connection) })
}

/** The answers of `/stream/…`, by the doorbell's contract. */
function answerError(
  { noteRefusal }: VideoRouteParts,
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (!(error instanceof Refusal)) throw error
  noteRefusal(request, error)
  const { code, message, retryAfter } = error
  if (code === 'unauthenticated') reply.header('www-authenticate', request.challenge)
  if (code === 'unauthenticated' || code === 'forbidden') return reply.code(401).send({ error: 'Unauthorized' })
  if (retryAfter !== undefined) reply.header('retry-after', Math.ceil(retryAfter))
  return reply.code(statusOf(code)).send({ status: 'error', message, detail: message })
}

/** The refusal where there is no camera to be seen. */
export function noCamera(): Refusal {
  return new Refusal('exhausted', 'There is no such camera.')
}

/** @throws Refusal `invalid` */
function nameIn(label: string | undefined, key: string | undefined): StreamName {
  if (label === undefined || key === undefined) throw new Refusal('invalid', 'label, key: both or neither')
  return { label: checkName('label', label), key: checkName('key', key) }
}

/** @param usual the quality where nothing is asked for; undefined: the original */
function wishOf({ quality, width, ...fields }: Wishes, usual: PictureQuality | undefined): PictureWish {
  const colouring = readColouring(fields)
  if (quality !== undefined) return { quality: qualityNamed(quality), colouring }
  return width === undefined ? { quality: usual, colouring } : { width, colouring }
}

/** How large a slate is before there is a picture. */
function plainSizeOf({ quality = 'medium', width }: PictureWish, sizes: VideoRouteParts['sizes']): Size {
  if (width === undefined) return sizes[quality]
  const shown = Math.min(width, sizes.high.width)
  return { width: shown, height: Math.max(1, Math.round((shown * 3) / 4)) }
}
