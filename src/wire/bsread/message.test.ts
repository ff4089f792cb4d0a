import { describe, expect, it } from 'vitest'
import type { PackedArray } from '../../core/payload.ts'
import { isDue } from './channel.ts'
import { BSREAD_LIMITS, type BsreadLimits, bsreadLimits } from './limits.ts'
import { BsreadDecoder, type BsreadHeaders, type BsreadMessage } from './message.ts'
import { timestampFrame } from './timestamp.ts'
import { unpackArray } from './unpack-array.ts'

function mainHeader(fields: string): Uint8Array {
  return Buffer.from(`{"htype":"bsr_m-1.1","hash":"h",${fields}}`)
}

function dataHeader(...channels: readonly object[]): Uint8Array {
  return Buffer.from(JSON.stringify({ htype: 'bsr_d-1.1', channels }))
}

const MAIN = mainHeader('"pulse_id":7')
const NONE = new Uint8Array(0)

/** Reads a message with one channel. */
function decode(channel: object, value: Uint8Array, timestamp: Uint8Array = NONE, main = MAIN, limits?: BsreadLimits) {
  const message = new BsreadDecoder(limits).decode([main, dataHeader({ name: 'x', ...channel }), value, timestamp])
  const [reading] = message.kind === 'message' ? message.channels : []
  if (!reading) throw new Error('no channel')
  return reading
}

function headersOf(decoder: BsreadDecoder, main: Uint8Array, data: Uint8Array): BsreadHeaders {
  const headers = decoder.readHeaders(main, data)
  if (headers.kind === 'command') throw new Error('a command')
  return headers
}

describe('pulse ids', () => {
  it.each([0n, 7n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n])('%d is kept exactly', (pulseId) => {
    expect(headersOf(new BsreadDecoder(), mainHeader(`"pulse_id":${pulseId}`), dataHeader()).pulseId).toBe(pulseId)
  })

  it.each(['18446744073709551616', '-9007199254740993', '1e300', '1e17', '"7"', 'null', 'true', '[7]'])(
    '%s is none',
    (written) => {
      const main = mainHeader(`"pulse_id":${written}`)
      expect(() => new BsreadDecoder().readHeaders(main, dataHeader())).toThrow(
        expect.objectContaining({ code: 'MAIN_PULSE_ID' }),
      )
    },
  )
})

describe('headers alone', () => {
  const decoder = new BsreadDecoder()
  const first = headersOf(decoder, MAIN, dataHeader({ name: 'x', type: 'int16', shape: [3, 2] }))

  it('have the same data header, unread, as long as the hash is the same', () => {
    for (const data of [NONE, Buffer.from('nonsense')])
      expect(headersOf(decoder, mainHeader('"pulse_id":8'), data).dataHeader).toBe(first.dataHeader)
  })

  it('say which channels are due with the pulse', () => {
    const data = dataHeader({ name: 'each' }, { name: 'third', modulo: 3, offset: 1 }, { name: 'bad', type: 'int128' })
    const due = [3n, 4n, 2n ** 64n - 2n].map((pulseId) => {
      const { dataHeader: found } = headersOf(new BsreadDecoder(), mainHeader(`"pulse_id":${pulseId}`), data)
      return found.channels.filter((channel) => isDue(channel, pulseId)).map(({ name }) => name)
    })
    expect(due).toEqual([
      ['each', 'bad'],
      ['each', 'third', 'bad'],
      ['each', 'bad'],
    ])
  })

  it('read the values of their message even after the channels have changed', () => {
    const values = Int16Array.of(1, 2, 3, 4, 5, 6)
    const other = mainHeader('"pulse_id":9').toString().replace('"h"', '"i"')
    headersOf(decoder, Buffer.from(other), dataHeader())
    const { pulseId, channels } = decoder.readValues(first, [MAIN, NONE, new Uint8Array(values.buffer), NONE])
    expect(pulseId).toBe(7n)
    expect(channels[0]?.value).toMatchObject({ type: 'int16', shape: [2, 3], byteOrder: 'little' })
  })

  it('are those of the connection before where a sender leaves out what it has sent, and else what it sends', () => {
    const { dataHeader: known } = headersOf(new BsreadDecoder(), MAIN, dataHeader({ name: 'x', shape: [3, 2] }))
    const anew = new BsreadDecoder(undefined, known)
    expect(headersOf(anew, MAIN, NONE).dataHeader).toBe(known)
    const sent = dataHeader({ name: 'x', shape: [5, 4] })
    expect(headersOf(anew, MAIN, sent).dataHeader.channels).toMatchObject([{ shape: [4, 5] }])
    expect(headersOf(anew, MAIN, NONE).dataHeader.channels).toMatchObject([{ shape: [4, 5] }])
  })

  it('tell how many frames their message should have', () => {
    expect(first.dataHeader.frames).toBe(4)
    const frames = [MAIN, NONE, NONE, NONE, NONE, NONE]
    expect(() => decoder.readValues(first, frames)).toThrow('The message has 6 frames, where its channels need 4.')
    expect(() => decoder.readHeaders(MAIN, undefined)).toThrow(expect.objectContaining({ code: 'FRAMES' }))
  })
})

describe('a channel', () => {
  it('shares the memory of the message', () => {
    const bytes = new Uint8Array(16)
    const { value } = decode({ shape: [2] }, bytes)
    expect((value as PackedArray).bytes).toBe(bytes)
  })

  it('may have any name', () => {
    const names = ['__proto__', 'constructor', '\u0000', '工地']
    const data = dataHeader(...names.map((name) => ({ name })))
    const frames = [MAIN, data, ...names.flatMap(() => [new Uint8Array(8), NONE])]
    const { channels } = new BsreadDecoder().decode(frames) as BsreadMessage
    expect(channels.map((each) => each.channel.name)).toEqual(names)
    expect(channels.map((each) => each.error)).toEqual(names.map(() => undefined))
  })

  it('is a text exactly as it was sent', () => {
    expect(decode({ type: 'string' }, Buffer.from('\ufeffa\0')).value).toBe('\ufeffa\0')
  })

  it.each(['little', 'big'] as const)('of byte order %s has its own time', (encoding) => {
    const time = { sec: 1_795_232_000, ns: 1 }
    expect(decode({ encoding }, new Uint8Array(8), timestampFrame(time, encoding)).timestamp).toEqual(time)
  })

  it('of the higher byte first may have its time with the lower byte first', () => {
    const time = { sec: 1_795_232_000, ns: 0 }
    expect(decode({ encoding: 'big' }, new Uint8Array(8), timestampFrame(time, 'little')).timestamp).toEqual(time)
  })

  it.each([NONE, new Uint8Array(8), new Uint8Array(16).fill(255)])(
    'without a time has that of the message',
    (frame) => {
      const main = mainHeader('"pulse_id":7,"global_timestamp":{"epoch":5,"ns":6}')
      expect(decode({}, new Uint8Array(8), frame, main).timestamp).toEqual({ sec: 5, ns: 6 })
      expect(decode({}, new Uint8Array(8), frame).timestamp).toBe(undefined)
    },
  )

  it('that is declared as one number and packed may be a list', () => {
    // LZ4: the size, little-endian or big-endian, then one sequence: 8 literals.
    for (const size of [Buffer.of(8, 0, 0, 0), Buffer.of(0, 0, 0, 8)]) {
      const bytes = Buffer.concat([size, Buffer.of(0x80, 1, 0, 2, 0, 3, 0, 4, 0)])
      const { value } = decode({ type: 'uint16', compression: 'lz4' }, bytes)
      expect(value).toMatchObject({ shape: [4] })
      expect([...unpackArray(value as PackedArray).values]).toEqual([1, 2, 3, 4])
    }
  })

  it.each([
    [{ type: 'int128' }, 'Channel "x" has a type that is unknown.'],
    [{ type: 5 }, 'Channel "x" has a type that is unknown.'],
    [{ encoding: 'middle' }, 'Channel "x" has an encoding that is neither little nor big.'],
    [{ compression: 'zip' }, 'Channel "x" has a compression that is unknown.'],
    [{ shape: [2, -1] }, 'Channel "x" has a shape that is no list of integers from 0.'],
    [{ shape: Array(9).fill(1) }, 'Channel "x" has more than 8 dimensions.'],
    [{ shape: [1e6, 1e6] }, 'Channel "x" has more than 268435456 bytes by its shape.'],
    [{ shape: Array(8).fill(Number.MAX_SAFE_INTEGER) }, 'Channel "x" has more than 268435456 bytes by its shape.'],
    [{ modulo: 0 }, 'Channel "x" has a modulo that is no integer from 1.'],
    [{ offset: 0.5 }, 'Channel "x" has an offset that is no integer from 0.'],
    [{ shape: [2] }, 'Channel "x" has 8 bytes, where its type and shape say 16.'],
    [{ type: 'string', compression: 'lz4' }, 'Channel "x" does not unpack as lz4, or to more than 65536 bytes.'],
    [{ shape: [2], compression: 'lz4' }, 'Channel "x" is damaged: it cannot be what lz4 makes of 16 bytes.'],
  ])('with %j and eight bytes of 255 has no value, and says why', (fields, message) => {
    const { value, error, timestamp } = decode(fields, new Uint8Array(8).fill(255))
    expect({ value, timestamp }).toEqual({ value: null, timestamp: undefined })
    expect(error?.message).toBe(message)
  })
})

describe('the limits', () => {
  function refusal(limits: Partial<BsreadLimits>, main: Uint8Array, data: Uint8Array): unknown {
    try {
      return new BsreadDecoder({ ...BSREAD_LIMITS, ...limits }).readHeaders(main, data)
    } catch (error) {
      return error
    }
  }

  it.each([
    [{ mainHeaderBytes: 20 }, 'MAIN_JSON'],
    [{ dataHeaderBytes: 20 }, 'DH_JSON'],
    [{ channels: 1 }, 'DH_CHANNELS'],
    [{ nameLength: 2 }, 'DH_CHANNEL'],
    [{}, undefined],
  ])('%j are kept', (limits, code) => {
    const data = dataHeader({ name: 'a' }, { name: 'abc' })
    expect((refusal(limits, MAIN, data) as { code?: string }).code).toBe(code)
  })

  it('leave room for the descriptions of as many channels as are allowed', () => {
    const channels = Array.from({ length: 20_000 }, (_, at) => ({ name: `S10CB01-RBOC-DCP10:FOR-AMPLT-AVG-${at}` }))
    const data = dataHeader(...channels)
    expect(refusal(bsreadLimits({ channels: 20_000, valueBytes: 8 }), MAIN, data)).toMatchObject({
      dataHeader: { channels },
    })
    expect(refusal(bsreadLimits({ channels: 1500, valueBytes: 8 }), MAIN, data)).toMatchObject({ code: 'DH_CHANNELS' })
  })

  it('hold for texts and arrays', () => {
    const limits = { ...BSREAD_LIMITS, textBytes: 3, valueBytes: 15 }
    expect(decode({ type: 'string' }, Buffer.from('four'), NONE, MAIN, limits).error?.message).toBe(
      'Channel "x" is a text of more than 3 bytes.',
    )
    expect(decode({}, new Uint8Array(16), NONE, MAIN, limits).error?.message).toBe(
      'Channel "x" has 16 bytes: no whole number of elements, or more than 15 bytes.',
    )
  })

  it('refuse a header of a million empty lists before they are made', () => {
    const data = Buffer.from(`{"htype":"bsr_d-1.1","channels":[${'[],'.repeat(300_000)}[]]}`)
    expect(refusal({}, MAIN, data)).toMatchObject({ code: 'DH_JSON' })
    expect(refusal({}, MAIN, Buffer.from('['.repeat(1e6)))).toMatchObject({ code: 'DH_JSON' })
    expect(refusal({}, Buffer.from('['.repeat(16_000)), data)).toMatchObject({ code: 'MAIN_JSON' })
  })
})

it('a control message is told, and is no message', () => {
  const reconnect = Buffer.from('{"htype":"bsr_reconnect-1.0","address":"tcp://198.51.100.7:9999"}')
  const decoder = new BsreadDecoder()
  expect(decoder.readHeaders(reconnect, undefined)).toEqual({ kind: 'command', command: 'reconnect' })
  expect(() => decoder.decode([reconnect, dataHeader()])).toThrow(expect.objectContaining({ code: 'MAIN_HTYPE' }))
  expect(() => decoder.decode([])).toThrow(expect.objectContaining({ code: 'MAIN_JSON' }))
})
