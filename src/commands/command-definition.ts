import Type, { type Static } from 'typebox'
import { Errors } from 'typebox/schema'
import { PRIORITIES } from '../core/event.ts'

/*
 * Commands as operators write them down (`commands.custom`), and what is wrong with one.
 */

const closed = { additionalProperties: false }
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const Count = Type.Integer({ minimum: 0 })
const NAME = '^[A-Za-z_][A-Za-z0-9_]*$'

const Param = Type.Object(
  {
    type: Type.Enum(['string', 'integer', 'number', 'boolean']),
    description: Type.Optional(Type.String()),
    default: Type.Optional(Value),
    enum: Type.Optional(Type.Array(Value, { minItems: 1 })),
    pattern: Type.Optional(Type.String()),
    minLength: Type.Optional(Count),
    maxLength: Type.Optional(Count),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    writeOnly: Type.Optional(Type.Boolean()),
  },
  closed,
)

const DefinitionSchema = Type.Object(
  {
    description: Type.String({ minLength: 1, maxLength: 500 }),
    role: Type.Optional(Type.Enum(['user', 'model_manager', 'admin'])),
    label: Type.Optional(Type.String({ minLength: 1 })),
    key: Type.Optional(Type.String({ minLength: 1 })),
    timeout_s: Type.Optional(Type.Number({ minimum: 0.1, maximum: 3600 })),
    params: Type.Optional(Type.Record(Type.String({ pattern: NAME }), Param, closed)),
    required: Type.Optional(Type.Array(Type.String())),
    http: Type.Optional(
      Type.Object(
        {
          url: Type.String(),
          method: Type.Optional(Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])),
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          body: Type.Optional(Type.Unknown()),
        },
        closed,
      ),
    ),
    event: Type.Optional(
      Type.Object(
        {
          type: Type.String({ minLength: 1 }),
          priority: Type.Optional(Type.Enum([...PRIORITIES])),
          data: Type.Optional(Type.Unknown()),
        },
        closed,
      ),
    ),
    program: Type.Optional(
      Type.Object({ path: Type.String({ minLength: 1 }), args: Type.Optional(Type.Array(Type.String())) }, closed),
    ),
  },
  closed,
)

/** A command as it is configured. */
export type CommandDefinition = Static<typeof DefinitionSchema>

/** Whether a name may be that of a command: also in an address, and in the audit trail. */
export function isCommandName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,63}$/.test(name)
}

/**
 * Checks the form of a definition.
 * @throws Error with a sentence that names the field and not its value, which may be a password
 */
export function checkForm(given: unknown): asserts given is CommandDefinition {
  const [isFit, errors] = Errors(DefinitionSchema, given)
  if (isFit) {
    const kinds = ['http', 'event', 'program'].filter((kind) => Object.hasOwn(Object(given), kind))
    if (kinds.length === 1) return
    throw new Error(
      `must have one of http, event and program, not ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`,
    )
  }
  // Of a field that should not be there the one that names it says most.
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties' || keyword === 'required') ?? errors[0]
  throw new Error(error === undefined ? 'is no definition of a command' : sentenceOf(error))
}

type SchemaError = ReturnType<typeof Errors>[1][number]

function sentenceOf({ keyword, instancePath, params, message }: SchemaError): string {
  const place = instancePath.slice(1).replaceAll('/', '.')
  const prefix = place === '' ? '' : `${place}: `
  const names = (list: string) => listIn(params, list).join(', ')
  if (keyword === 'additionalProperties')
    return place === 'params'
      ? `params: ${names('additionalProperties')} is no name: letters, digits and _, no digit first`
      : `${prefix}there is no field ${names('additionalProperties')}`
  if (keyword === 'required') return `${prefix}${names('requiredProperties')} is required`
  if (keyword === 'enum') return `${prefix}must be one of ${names('allowedValues')}`
  return `${prefix}${message}`
}

function listIn(params: object, name: string): unknown[] {
  const list: unknown = Reflect.get(params, name)
  return Array.isArray(list) ? list : []
}
