import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Principal } from '../../core/principal.ts'
import { checkNotEnded } from '../../core/principal.ts'
import type { MeasuredChannel, MeasuredValues } from '../../sinks/measured-values.ts'
import { csvOfText, csvPieces, jsonPieces } from '../../wire/array-text.ts'
import { elementTypeOf, npyOfArray, rawArrayOf } from '../../wire/array-values.ts'
import { npyOfText } from '../../wire/npy.ts'
import { pulseFieldsOf } from '../../wire/pulse-fields.ts'

/** How values may be written. */
export const DATA_FORMATS = ['npy', 'json', 'csv'] as const

/** One of them. */
export type DataFormat = (typeof DATA_FORMATS)[number]

/** Their media types. NumPy's has none that is registered. */
export const DATA_TYPES: Readonly<Record<DataFormat, string>> = {
  npy: 'application/x-npy',
  json: 'application/json',
  csv: 'text/csv',
}

/** The format that a client prefers: the first in its `Accept` that there is, else NumPy's. */
export function preferredFormat(accept: string | undefined): DataFormat {
  for (const range of (accept ?? '').split(',')) {
    const type = range.split(';')[0]?.trim().toLowerCase()
    const format = DATA_FORMATS.find((each) => DATA_TYPES[each] === type)
    if (format) return format
  }
  return 'npy'
}

/** A body, and its length where that is known before. */
export interface DataBody {
  readonly body: Readable
  readonly length?: number
}

/** One channel for NumPy. @throws Refusal `invalid` when the values are damaged */
export function npyBody({ value }: MeasuredChannel): DataBody {
  const { header, elements } = typeof value === 'string' ? npyOfText(value) : npyOfArray(value)
  // Two pieces, so that the elements are not copied.
  return { body: Readable.from([header, elements]), length: header.length + elements.length }
}

/** One channel in CSV. @throws Refusal `invalid` when the values are damaged */
export function csvBody({ value }: MeasuredChannel, reader: Principal): DataBody {
  return { body: written(typeof value === 'string' ? [csvOfText(value)] : csvPieces(rawArrayOf(value)), reader) }
}

/** All of them in JSON, with their pulse. @throws Refusal `invalid` when values are damaged */
export function jsonBody({ frame, channels }: MeasuredValues, reader: Principal): DataBody {
  const { label, key } = frame.stream
  const head = {
    ...{ label, key, id: frame.id, received_at: frame.receivedAt, captured_at: frame.capturedAt ?? null },
    ...(frame.pulse && { pulse: pulseFieldsOf(frame.pulse) }),
  }
  const texts = channels.map(jsonOfChannel)
  const pieces = function* () {
    yield `${JSON.stringify(head).slice(0, -1)},"channels":{`
    for (const [i, text] of texts.entries()) {
      if (i > 0) yield ','
      yield* text
    }
    yield '}}'
  }
  return { body: written(pieces(), reader) }
}

function jsonOfChannel({ name, value }: MeasuredChannel): Iterable<string> {
  if (typeof value === 'string')
    return [`${JSON.stringify(name)}:${JSON.stringify({ type: 'string', shape: [], value })}`]
  const type = elementTypeOf(value)
  const array = rawArrayOf(value)
  const head = JSON.stringify({ type, shape: value.shape }).slice(0, -1)
  return (function* () {
    yield `${JSON.stringify(name)}:${head},"value":`
    yield* jsonPieces(array, type)
    yield '}'
  })()
}

/** A piece in each turn of the event loop, as the reader takes them, for as long as it may read them. */
function written(pieces: Iterable<string>, reader: Principal): Readable {
  return Readable.from(
    (async function* () {
      for (const piece of pieces) {
        checkNotEnded(reader)
        yield Buffer.from(piece)
        await nextTurn()
      }
    })(),
    { objectMode: false },
  )
}
