import { describe, expect, it } from 'vitest'
import {
  type ExpectedChannel,
  type RecordedMessage,
  recordedGroups,
  sha256Of,
} from '../../../test/support/bsread-fixtures.ts'
import { BsreadError } from './bsread-error.ts'
import type { ChannelReading } from './channel-reading.ts'
import type { DataHeader } from './data-header.ts'
import { BsreadDecoder } from './message.ts'
import { unpackArray } from './unpack-array.ts'

/** What came of a channel: a hash of its values, and what it is of; null; or an error. */
function outcomeOf({ value, error }: ChannelReading): object | null {
  if (error) return error
  if (value === null || typeof value === 'string')
    return value === null ? null : { string: value, sha256: sha256Of(value) }
  try {
    const { values } = unpackArray(value)
    return { type: value.type, shape: value.shape, n: values.length, sha256: sha256Of(values) }
  } catch (thrown) {
    if (thrown instanceof BsreadError) return thrown
    throw thrown
  }
}

function expectedOutcome({ type = 'float64', shape = [1], value }: ExpectedChannel): object | null {
  if (!value) return null
  if (value.string !== undefined) return { string: value.string, sha256: value.sha256_le }
  return { type, shape: shape.toReversed(), n: value.n, sha256: value.sha256_le }
}

function timestampOf([sec, ns]: readonly [string, string] | readonly [number, number]) {
  return { sec: Number(sec), ns: Number(ns) }
}

function check(
  decoder: BsreadDecoder,
  { frames, expect: expected }: RecordedMessage,
  last?: DataHeader,
): DataHeader | undefined {
  if (expected.outcome === 'reject') {
    expect(() => decoder.decode(frames)).toThrow(expect.objectContaining({ name: 'BsreadError', code: expected.code }))
    return last
  }
  const message = decoder.decode(frames)
  if (message.kind === 'command') {
    expect(expected.outcome).toBe('command')
    return last
  }
  const { pulse_id, hash, global_timestamp, changed, channels } = expected
  if (pulse_id !== undefined && Number.isSafeInteger(pulse_id)) expect(message.pulseId).toBe(BigInt(pulse_id))
  if (hash !== undefined) expect(message.dataHeader.hash).toBe(hash)
  if (global_timestamp) expect(message.globalTimestamp).toEqual(timestampOf(global_timestamp))
  if (changed !== undefined) expect(message.dataHeader !== last).toBe(changed)
  const outcomes = new Map(message.channels.map((each) => [each.channel.name, outcomeOf(each)]))
  if (channels) {
    expect([...outcomes]).toEqual(channels.map((each) => [each.name, expectedOutcome(each)]))
    expect(message.channels.map((each) => each.timestamp)).toEqual(
      channels.map((each) => each.timestamp && timestampOf(each.timestamp)).map((each) => each ?? undefined),
    )
  }
  const bad = [...outcomes].filter(([, outcome]) => outcome instanceof BsreadError).map(([name]) => name)
  expect(bad).toEqual(expected.bad_channels ?? [])
  return message.dataHeader
}

describe.each(recordedGroups())('recorded messages: $group', ({ stateful, messages }) => {
  let decoder = new BsreadDecoder()
  let dataHeader: DataHeader | undefined

  it.each(messages)('$file ($description) is read as it should be', (message) => {
    if (!stateful) decoder = new BsreadDecoder()
    dataHeader = check(decoder, message, stateful ? dataHeader : undefined)
  })
})
