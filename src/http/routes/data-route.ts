import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import type { Clock } from '../../core/clock.ts'
import type { Counters } from '../../core/counters.ts'
import { Refusal } from '../../core/errors.ts'
import type { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { type Holder, heldBytesRefusal } from '../../core/held-bytes.ts'
import type { Hub } from '../../core/hub.ts'
import type { Quota } from '../../core/quota.ts'
import { checkName } from '../../core/stream-name.ts'
import { type MeasuredValues, measuredValues } from '../../sinks/measured-values.ts'
import { textBytesOf, ValueWriting } from '../../sinks/value-writing.ts'
import { unpackedSizeOf } from '../../wire/array-values.ts'
import type { App } from '../transport/app.ts'
import { principalOf, type RequestGuard } from '../transport/request-guard.ts'
import { addVary, REVALIDATED } from '../transport/response-headers.ts'
import {
  csvBody,
  DATA_FORMATS,
  DATA_TYPES,
  type DataBody,
  type DataFormat,
  jsonBody,
  npyBody,
  preferredFormat,
} from './data-answer.ts'

/** What the route of values needs. */
export interface DataRouteParts {
  readonly hub: Hub
  readonly clock: Clock
  /** In which those who have waited for the next frame are answered, and few values written. */
  readonly turns: EventLoopTurns
  readonly counters: Counters
  readonly guard: RequestGuard
  /** Values that are being written count in it. */
  readonly heldBytes: Quota
  /** The maximum of `?wait=`, in seconds. */
  readonly maxWait: number
  /** How long to wait for the next frame of a stream that gives none from before, ms. */
  readonly nextWait: number
  /** How many bytes of values one answer may have, unpacked. */
  readonly maxBytes: number
}

/** How many channels one answer may have. */
const MAX_CHANNELS = 100

/** `/streams/{label}/{key}/data`: values as they were measured. */
export function dataRoute(app: App, parts: DataRouteParts): void {
  app.get(
    '/streams/:label/:key/data',
    {
      // It would be answered at once, and the values written to nobody, counting in no limit.
      exposeHeadRoute: false,
      onRequest: parts.guard.requireForReader('view'),
      schema: {
        summary: 'The values of channels as they were measured, all with one pulse',
        description:
          'Of the newest frame or, with `wait` or where the stream starts with the next one, of the next. For NumPy to the bit.',
        tags: ['streams'],
        params: Type.Object({ label: Type.String(), key: Type.String() }),
        querystring: Type.Object({
          channel: Type.Optional(
            Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: MAX_CHANNELS })], {
              description:
                'A channel; left out: the array that the stream shows. In JSON it may be given several times',
            }),
          ),
          pulse: Type.Optional(
            Type.String({
              pattern: '^[0-9]{1,20}$',
              description:
                'That pulse, if it is still kept and you watch the stream since before it; with `wait` otherwise the next one',
            }),
          ),
          wait: Type.Optional(
            Type.Number({ exclusiveMinimum: 0, maximum: parts.maxWait, description: 'For the next one, seconds' }),
          ),
          format: Type.Optional(
            Type.Enum([...DATA_FORMATS], { description: 'Left out: by `Accept`, else `npy`, the format of NumPy' }),
          ),
          token: Type.Optional(Type.String()),
        }),
        response: {
          200: {
            description: 'The values',
            content: Object.fromEntries(
              Object.values(DATA_TYPES).map((type) => [
                type,
                { schema: Type.Unsafe<Readable>(Type.String({ format: 'binary' })) },
              ]),
            ),
          },
          204: Type.Unsafe<undefined>(
            Type.Null({ description: 'With `pulse` and `wait`: the pulse is not kept, and no other came in time' }),
          ),
        },
      },
    },
    async (request, reply) => {
      const stream = {
        label: checkName('label', request.params.label),
        key: checkName('key', request.params.key),
      }
      const { channel, pulse, wait, format = preferredFormat(request.headers.accept) } = request.query
      // The same one twice would be two values with one name.
      const channels = [...new Set(Array.isArray(channel) ? channel : [channel])]
      if (channels.length !== 1 && format !== 'json')
        throw new Refusal('invalid', 'channel: one; several at once are given with format=json')
      const principal = principalOf(request)
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const holder = parts.guard.holderOf(request)
      const { client } = holder
      const values = await measuredValues(
        { ...parts, maxStart: parts.maxWait * 1000 },
        principal,
        {
          ...{ client, stream, channels },
          pulse: pulse === undefined ? undefined : BigInt(pulse),
          wait: wait === undefined ? undefined : wait * 1000,
        },
        gone.signal,
      )
      if (gone.signal.aborted) return reply.hijack()
      if (!values) return reply.code(204).send()
      hold(parts, reply, values, holder)
      const { frame } = values
      const writing = new ValueWriting(parts, { principal, client, stream: frame.stream, signal: gone.signal })
      const made = await bodyOf(values, format, writing).catch((error) => {
        if (!gone.signal.aborted) throw error
      })
      if (!made) return reply.hijack()
      const { body, length } = made
      addVary(reply, 'accept')
      reply.headers({
        'cache-control': REVALIDATED,
        'x-frame-id': frame.id,
        'x-received-at': String(frame.receivedAt),
        ...(frame.pulse && { 'x-pulse-id': String(frame.pulse.id) }),
        ...(frame.capturedAt !== undefined && { 'x-captured-at': String(frame.capturedAt) }),
        ...(length !== undefined && { 'content-length': String(length) }),
      })
      return reply.type(DATA_TYPES[format]).send(body)
    },
  )
}

function bodyOf(values: MeasuredValues, format: DataFormat, writing: ValueWriting): Promise<DataBody> {
  const [first] = values.channels
  if (format === 'json' || !first) return jsonBody(values, writing)
  return format === 'npy' ? npyBody(first, writing) : csvBody(first, writing)
}

/**
 * Counts the memory of the values, and of the text that is made of them at a time, until they are read.
 * @throws Refusal `too_large`, `limited`, `exhausted`
 */
function hold(
  { heldBytes, maxBytes }: DataRouteParts,
  reply: FastifyReply,
  { channels }: MeasuredValues,
  { client, isPrivileged }: Holder,
): void {
  const sizes = channels.map(({ value }) => (typeof value === 'string' ? 4 * value.length : unpackedSizeOf(value)))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  if (bytes > maxBytes) {
    const limit = 'data.max_bytes'
    throw new Refusal('too_large', `These values have ${bytes} bytes; at most ${maxBytes} are given (${limit}).`, {
      limit,
    })
  }
  const texts = channels.map(({ value }) => (typeof value === 'string' ? 0 : textBytesOf(value)))
  const held = bytes + Math.max(...texts)
  const bound = heldBytes.take(client, held, isPrivileged)
  if (bound !== undefined) throw heldBytesRefusal(bound, heldBytes.rules)
  reply.raw.on('close', () => heldBytes.give(client, held))
}
