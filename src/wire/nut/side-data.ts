import { NutCursor } from './nut-cursor.ts'
import { NutError } from './nut-error.ts'

/** What precedes a frame that has side data. */
export interface SideData {
  /** Where the frame itself begins. */
  readonly end: number
  /** The configuration of its stream (extradata), if it changes with this frame. */
  readonly configuration: Uint8Array | undefined
}

/** Types of values that are no integers; those below are fractions. */
const TYPES = { text: -1, binary: -2, signed: -3, time: -4 }

const CONFIGURATION = 'Extradata'

/**
 * Reads side data and metadata (two lists of names and values) before a frame; only the configuration counts here.
 * @throws NutError if it is damaged
 */
export function readSideData(bytes: Uint8Array): SideData {
  const cursor = new NutCursor(bytes)
  let configuration: Uint8Array | undefined
  for (const _list of ['side data', 'metadata']) {
    const count = cursor.number()
    for (let i = 0; i < count && !cursor.isShort; i++) {
      const name = new TextDecoder().decode(cursor.counted())
      const type = cursor.signed()
      const value = readValue(cursor, type)
      if (name === CONFIGURATION && type === TYPES.binary) configuration = value
    }
  }
  if (cursor.isShort) throw new NutError('the side data of a frame is damaged')
  return { end: cursor.at, configuration: configuration?.slice() }
}

function readValue(cursor: NutCursor, type: number): Uint8Array | undefined {
  if (type === TYPES.text) return cursor.counted()
  if (type === TYPES.binary) {
    // The name of its type.
    cursor.counted()
    return cursor.counted()
  }
  if (type === TYPES.signed) cursor.signed()
  else if (type === TYPES.time) cursor.number()
  else if (type < TYPES.time) cursor.signed()
  return undefined
}
