import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TypedArray } from '../../src/core/payload.ts'

/** What a recorded message should give; see the README of the fixtures. */
export interface ExpectedMessage {
  readonly outcome: 'accept' | 'partial' | 'reject' | 'command' | 'reject or keep exact'
  readonly code?: string
  readonly bad_channels?: readonly string[]
  readonly pulse_id?: number
  readonly hash?: string
  readonly global_timestamp?: readonly [number, number]
  readonly changed?: boolean
  readonly channels?: readonly ExpectedChannel[]
}

/** What a channel should give. */
export interface ExpectedChannel {
  readonly name: string
  readonly type?: string
  /** The fastest dimension first. */
  readonly shape?: readonly number[]
  readonly encoding?: 'little' | 'big'
  readonly value: { readonly sha256_le: string; readonly n?: number; readonly string?: string } | null
  readonly timestamp: readonly [string, string] | null
}

/** A message as a sender sent it. */
export interface RecordedMessage {
  readonly file: string
  readonly description: string
  readonly frames: readonly Uint8Array[]
  readonly expect: ExpectedMessage
}

/** Messages of one folder; if they are stateful, one stream in order, otherwise each the first of its own. */
export interface RecordedGroup {
  readonly group: string
  readonly stateful: boolean
  readonly messages: readonly RecordedMessage[]
}

/** All recorded messages. */
export function recordedGroups(): readonly RecordedGroup[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const index = JSON.parse(readFileSync(join(FOLDER, name, 'index.json'), 'utf8'))
      const messages = index.messages.map((message: Omit<RecordedMessage, 'frames'>) => ({
        ...message,
        frames: framesOf(readFileSync(join(FOLDER, name, message.file))),
      }))
      return { group: name, stateful: index.stateful, messages }
    })
}

/** SHA-256 of values with the lowest byte first, or of a text in UTF-8, in hexadecimal. */
export function sha256Of(value: TypedArray | string): string {
  const bytes = typeof value === 'string' ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return createHash('sha256').update(bytes).digest('hex')
}

const FOLDER = join(import.meta.dirname, '../fixtures/bsread')

/** "BSM1", the number of frames and their lengths (uint32, little-endian), then the frames. */
function framesOf(file: Buffer): readonly Uint8Array[] {
  const count = file.readUInt32LE(4)
  let at = 8 + 4 * count
  return Array.from({ length: count }, (_, index) => {
    const from = at
    at += file.readUInt32LE(8 + 4 * index)
    return file.subarray(from, at)
  })
}
