import { Readable } from 'node:stream'
import type { PackedArray } from '../../core/payload.ts'
import type { MeasuredChannel, MeasuredValues } from '../../sinks/measured-values.ts'
import type { ValueWriting } from '../../sinks/value-writing.ts'
import { csvOfText, EMPTY_JSON } from '../../wire/array-text.ts'
import { npyOf, npyOfText } from '../../wire/npy.ts'
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

/** One channel for NumPy. @throws Refusal as `ValueWriting` */
export async function npyBody({ value }: MeasuredChannel, writing: ValueWriting): Promise<DataBody> {
  const { header, elements } = typeof value === 'string' ? npyOfText(value) : npyOfArray(await writing.unpacked(value))
  // Two pieces, so that the elements are not copied.
  return { body: Readable.from([header, elements]), length: header.length + elements.length }
}

function npyOfArray({ type, byteOrder, shape, bytes }: PackedArray) {
  return npyOf(type, byteOrder, shape, bytes)
}

/** One channel in CSV. @throws Refusal as `ValueWriting` */
export async function csvBody({ value }: MeasuredChannel, writing: ValueWriting): Promise<DataBody> {
  if (typeof value === 'string') return bodyOf([csvOfText(value)])
  return bodyOf(writing.text(await writing.unpacked(value), 'csv'))
}

/** All of them in JSON, with their pulse. @throws Refusal as `ValueWriting` */
export async function jsonBody({ frame, channels }: MeasuredValues, writing: ValueWriting): Promise<DataBody> {
  const { label, key } = frame.stream
  const head = {
    ...{ label, key, id: frame.id, received_at: frame.receivedAt, captured_at: frame.capturedAt ?? null },
    ...(frame.pulse && { pulse: pulseFieldsOf(frame.pulse) }),
  }
  // All before the first byte is sent: what is damaged is refused.
  const values: UnpackedChannel[] = []
  for (const { name, value } of channels)
    values.push({ name, value: typeof value === 'string' ? value : await writing.unpacked(value) })
  const pieces = async function* () {
    yield `${JSON.stringify(head).slice(0, -1)},"channels":{`
    for (const [i, channel] of values.entries()) {
      if (i > 0) yield ','
      yield* jsonOfChannel(channel, writing)
    }
    yield '}}'
  }
  return bodyOf(pieces())
}

interface UnpackedChannel {
  readonly name: string
  readonly value: PackedArray | string
}

async function* jsonOfChannel({ name, value }: UnpackedChannel, writing: ValueWriting) {
  yield `${JSON.stringify(name)}:`
  if (typeof value === 'string') {
    yield JSON.stringify({ type: 'string', shape: [], value })
    return
  }
  const { type, shape, bytes } = value
  yield `${JSON.stringify({ type, shape }).slice(0, -1)},"value":`
  if (bytes.length === 0) yield EMPTY_JSON
  else yield* writing.text(value, 'json')
  yield '}'
}

/** The pieces are made as the reader takes them. */
function bodyOf(pieces: Iterable<string> | AsyncIterable<string | Uint8Array>): DataBody {
  return { body: Readable.from(pieces, { objectMode: false }) }
}
