import Type from 'typebox'
import { mayAny } from '../../core/authorization.ts'
import type { InstrumentList } from '../../core/instrument-list.ts'
import { checkName } from '../../core/stream-name.ts'
import { readInstrument } from '../../wire/instrument-fields.ts'
import { formatAddress } from '../../wire/zmtp/address.ts'
import type { App } from '../transport/app.ts'
import { UNCHECKED } from '../transport/raw-bodies.ts'
import { principalOf } from '../transport/request-guard.ts'
import { NoContent } from '../transport/response-schemas.ts'
import { type AccountRouteParts, actorOf } from './account-parts.ts'
import { describeInstrument, InstrumentSchema } from './instrument-schemas.ts'

/** What the routes of instruments need. */
export interface InstrumentRouteParts extends AccountRouteParts {
  readonly instruments: InstrumentList
}

const security = [{ key: [] }]
const tags = ['instruments']

/** What `readInstrument` reads; for the documentation. */
const NewInstrument = Type.Object({
  name: Type.Optional(Type.String({ description: 'The label of its streams; "beamline" if left out' })),
  host: Type.Optional(Type.String({ description: 'localhost if left out; of bind, the address to listen on' })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '8888 if left out' })),
  socket: Type.Optional(Type.Enum(['pull', 'sub'], { description: 'pull if left out' })),
  mode: Type.Optional(Type.Enum(['connect', 'bind'], { description: 'connect if left out' })),
  pictures: Type.Optional(Type.Array(Type.String(), { description: 'Channels; found by their shape if left out' })),
  colormap: Type.Optional(Type.String()),
  levels: Type.Optional(Type.String({ description: 'auto, "min,max" or percentiles such as "p1,p99"' })),
  log: Type.Optional(Type.Boolean()),
  units: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'By channel: {"beam_energy":"GeV"}' })),
})

/** `/instruments`: lists the instruments that are read, adds one and removes one. */
export function instrumentRoutes(app: App, parts: InstrumentRouteParts): void {
  const { guard, instruments } = parts
  const { audit } = parts.accounts
  app.get(
    '/instruments',
    {
      onRequest: guard.require('view'),
      schema: {
        summary: 'Every instrument that is read, and how it is doing',
        description: 'Those whose streams you may view. Where they are read is for admins.',
        tags,
        response: { 200: Type.Object({ instruments: Type.Array(InstrumentSchema) }) },
      },
    },
    (request) => {
      const principal = principalOf(request)
      const audience = mayAny(principal, 'administer') ? 'admins' : 'viewers'
      return { instruments: instruments.list(principal).map((each) => describeInstrument(each, audience)) }
    },
  )
  app.post(
    '/instruments',
    {
      onRequest: guard.require('administer'),
      validatorCompiler: UNCHECKED,
      schema: {
        summary: 'Read another instrument, now and after every restart',
        tags,
        security,
        body: NewInstrument,
        response: { 201: InstrumentSchema },
      },
    },
    async (request, reply) => {
      const settings = readInstrument(request.body)
      const actor = actorOf(parts, request)
      const added = await instruments.add(principalOf(request), settings)
      const detail = `${settings.socket} from ${formatAddress(settings)}`
      audit.note(actor, { action: 'instrument.add', target: settings.name, detail })
      return reply.code(201).send(describeInstrument(added, 'admins'))
    },
  )
  app.delete(
    '/instruments/:name',
    {
      onRequest: guard.require('administer'),
      schema: {
        summary: 'Read an instrument no longer',
        description: 'One that is in the configuration of the server can only be removed there.',
        tags,
        security,
        params: Type.Object({ name: Type.String() }),
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const actor = actorOf(parts, request)
      const name = checkName('name', request.params.name)
      await instruments.remove(principalOf(request), name)
      audit.note(actor, { action: 'instrument.remove', target: name })
      return reply.code(204).send()
    },
  )
}
